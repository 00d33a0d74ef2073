//! What came of a call, stored in one commit: the part's state, the provider's id, and the end, the next part or
//! the next attempt of the intent.

use crate::channel::{AccountId, Channel};
use crate::delivery::Delivery;
use crate::event::Event;
use crate::gate::{Admission, Gate};
use crate::ports::{
    Blobs, Commit, CommitError, Gates, Messenger, Outbox, SendIntent, SendOutcome, SendWrite,
    SlotKey, SlotMessage, Tickets, budget,
};
use crate::retry::Backoff;
use crate::send::admission::{self, admit};
use crate::send::fate::{Fate, Onward, conclude, replacement, testify};
use crate::send::provider_slots::ProviderSlots;
use crate::send::{Going, OUTCOME_BUDGET, Run, SendError, Step, Way, load, no_message, still_held};
use crate::surroundings::{Deadline, Surroundings};
use crate::ticket::Source;

/// What there is to do after a call.
pub(super) enum Settled {
    /// With the intents behind.
    Step(Step),
    /// The next part of the same message is announced.
    Goes(Box<Going>),
}

/// Stores what came of the call of an intent's part. Events that came before the provider's id was known are
/// applied with it. `gate` is the account's as it was before the call, if that is known.
pub(super) async fn settle<T: Tickets + Outbox + Gates, B: Blobs, S: Surroundings, M: Messenger>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
    mut gate: Option<Gate>,
    outcome: &SendOutcome,
    events: &mut Vec<Event>,
) -> Result<Settled, SendError> {
    let desk = run.desk;
    let deadline = Deadline::after(&desk.surroundings, OUTCOME_BUDGET);
    let mut backoff = Backoff::default();
    let mut known = ProviderSlots::default();
    let mut held = true;
    let mut onward = None;
    loop {
        let Some((mut draft, message)) = load(desk, intent).await? else {
            return Err(no_message());
        };
        let delivery = message.delivery.as_ref();
        let part = delivery.and_then(|d| d.sending(intent.attempt).or(d.called(intent.attempt)));
        let part = part.unwrap_or_default();
        let fate = if held {
            if onward.is_none() && goes_on(outcome, delivery, intent, part) {
                let (way, next) = onward_of(run, intent).await?;
                onward = Some(way);
                gate = next.or(gate);
            }
            conclude(run, &mut draft, intent, part, outcome, onward.as_ref())
        } else {
            testify(&mut draft, intent, part, outcome);
            Fate::Finish
        };
        let mut slots = Vec::new();
        if let SendOutcome::Accepted {
            platform_message_id: Some(id),
        } = outcome
        {
            let (channel, account) = sent_through(&draft.ticket().source);
            let key = SlotKey {
                channel,
                account,
                platform_message_id: id.clone(),
            };
            slots.extend(known.claim(&mut draft, key, target(intent, part)));
        }
        if !held && !draft.is_changed() && slots.is_empty() {
            return Ok(Settled::Step(Step::Next));
        }
        let now = desk.surroundings.now();
        let to = replacement(run, intent, &fate, now);
        let ticket = draft.ticket().clone();
        let commit = Commit {
            sends: if held { vec![to.clone()] } else { Vec::new() },
            slots,
            ..draft.finish()
        };
        match desk
            .tickets
            .commit(&commit, budget(deadline, &desk.surroundings))
            .await
        {
            Ok(()) => {
                events.extend(commit.events);
                // What is announced has to be called, whether or not the gate hears of this.
                let told = tell_gate(run, intent, gate, outcome, &fate).await;
                if let Err(error) = &told {
                    let error = error as &dyn std::error::Error;
                    tracing::warn!(error, "a gate was not told what came of a call");
                }
                return Ok(match (fate, to) {
                    (Fate::Go(part), SendWrite::Replace { from: _, to }) if held => {
                        Settled::Goes(Box::new(Going {
                            ticket: Box::new(ticket),
                            message: Box::new(message),
                            intent: to,
                            part,
                            gate: told.ok(),
                        }))
                    }
                    (Fate::Queue { not_before, .. }, _) => Settled::Step(Step::Wait(not_before)),
                    (Fate::Hold { until, .. }, _) => Settled::Step(Step::Wait(until)),
                    (Fate::Finish | Fate::Go(_), _) => Settled::Step(Step::Next),
                });
            }
            Err(CommitError::SlotsTaken(found)) => known.learn(found),
            Err(CommitError::Raced | CommitError::AlreadyDone(_)) => {
                held = held && still_held(desk, intent).await?;
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(SendError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

/// The channel and account whose provider carries a ticket's answers: chats are answered by mail.
pub(crate) fn sent_through(source: &Source) -> (Channel, AccountId) {
    match source.channel {
        Channel::WebChat => (Channel::Email, AccountId::constant(Channel::Email)),
        Channel::Facebook
        | Channel::Instagram
        | Channel::WhatsApp
        | Channel::Twitter
        | Channel::Email => (source.channel, source.account_id.clone()),
    }
}

pub(super) fn target(intent: &SendIntent, part: usize) -> SlotMessage {
    SlotMessage {
        ticket_id: intent.ticket_id.clone(),
        message_id: intent.message_id.clone(),
        position: intent.position,
        attempt: intent.attempt,
        part: u32::try_from(part).unwrap_or(u32::MAX),
    }
}

/// Whether a part behind this one is to be sent now.
fn goes_on(
    outcome: &SendOutcome,
    delivery: Option<&Delivery>,
    intent: &SendIntent,
    part: usize,
) -> bool {
    let more = delivery.is_some_and(|d| d.waiting(intent.attempt).is_some());
    let is_taken = delivery.is_some_and(|d| d.is_part_taken(part));
    more && (is_taken || matches!(outcome, SendOutcome::Accepted { .. }))
}

/// How it goes on with the next part, and the gate that was asked, if one was.
async fn onward_of<T: Gates, B, S: Surroundings, M>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
) -> Result<(Onward, Option<Gate>), SendError> {
    if run.deadline.passed(&run.desk.surroundings) {
        return Ok((Onward::Later, None));
    }
    let account = (intent.channel, &intent.account);
    let (admission, gate) = admit(run, account, &intent.ticket_id, None).await?;
    let way = match admission {
        Admission::Open | Admission::Counted => Onward::Go,
        Admission::Closed { why, until } => Onward::Held(why, until),
    };
    Ok((way, Some(gate)))
}

/// Tells the account's gate what came of the call; returns it as it then is. `known` is the gate as it was before the
/// call: what was noted since makes a write by it fail, and then it is read anew.
async fn tell_gate<T: Gates, B, S: Surroundings, M: Messenger>(
    run: &Run<'_, T, B, S, M>,
    intent: &SendIntent,
    known: Option<Gate>,
    outcome: &SendOutcome,
    fate: &Fate,
) -> Result<Gate, SendError> {
    let secret_version = match outcome {
        SendOutcome::Broken { .. } => run.messenger.secret_version(intent.channel).await,
        SendOutcome::Accepted { .. }
        | SendOutcome::Retryable { .. }
        | SendOutcome::Limited { .. }
        | SendOutcome::Refused { .. }
        | SendOutcome::Unknown { .. } => None,
    };
    let held_until = match fate {
        Fate::Hold { until, .. } => Some(*until),
        Fate::Finish | Fate::Queue { .. } | Fate::Go(_) => None,
    };
    // A gate that found nothing to call for since does not call for what is held now.
    let known = known.filter(|_| held_until.is_none());
    admission::change(run, intent, known, |gate, now| match outcome {
        SendOutcome::Accepted { .. } if run.way == Way::Trial && gate.broken.is_some() => {
            gate.pass_trial(now);
            true
        }
        SendOutcome::Accepted { .. } => {
            let is_news = gate.is_to_note_success(now);
            if is_news {
                gate.last_sent_at = Some(now);
            }
            held_until.is_some_and(|at| gate.call_at(at)) || is_news
        }
        SendOutcome::Broken { error } => {
            gate.fail(error, secret_version.clone(), now);
            true
        }
        SendOutcome::Limited { error, retry_after } => {
            gate.slow_down(error, *retry_after, now);
            true
        }
        SendOutcome::Retryable { error, .. }
        | SendOutcome::Refused { error }
        | SendOutcome::Unknown { error } => {
            let is_news = gate.is_to_note_error(now);
            if is_news {
                gate.note_error(error, now);
            }
            is_news
        }
    })
    .await
}
