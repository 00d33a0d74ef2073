//! A mail that says what became of one of ours.

use crate::channel::email::message_id::SentMail;
use crate::channel::email::{Bounce, BounceOutcome};
use crate::delivery::{DeliveryError, DeliveryState, Observed};
use crate::draft::Draft;
use crate::ports::{Blobs, CommitError, SlotMessage, Tickets, budget};
use crate::receive::{Counts, Desk, ReceiveError, Received};
use crate::receive_mail::Route;
use crate::retry::Backoff;
use crate::surroundings::{Deadline, Surroundings};

/// Applies a report to the message it speaks of; none when it speaks of none of ours.
pub(super) async fn receive<T: Tickets, B: Blobs, S: Surroundings>(
    desk: &Desk<T, B, S>,
    report: &Bounce,
    route: &Route,
    received: &mut Received,
    deadline: Deadline,
) -> Result<Option<Counts>, ReceiveError> {
    let sent = |id: &String| SentMail::parse(id, &route.reply_domain);
    let Some(sent) = report.original_ids.iter().find_map(sent) else {
        return Ok(None);
    };
    let (state, error) = match report.outcome {
        BounceOutcome::Failed => (
            DeliveryState::Failed,
            Some(refused(report.status.as_deref())),
        ),
        BounceOutcome::Delivered => (DeliveryState::Delivered, None),
        // It is still on its way, which is all that is known already.
        BounceOutcome::Delayed => (DeliveryState::Sent, None),
    };
    let mut backoff = Backoff::default();
    loop {
        let message = (&sent.message_id, sent.position);
        let draft =
            Draft::of_message(&desk.surroundings, &desk.tickets, &sent.ticket_id, message).await?;
        let Some((mut draft, message)) = draft else {
            return Ok(None);
        };
        let Some(attempt) = message.delivery.as_ref().map(|d| d.latest_attempt()) else {
            return Ok(None);
        };
        let target = SlotMessage {
            ticket_id: sent.ticket_id.clone(),
            message_id: sent.message_id.clone(),
            position: sent.position,
            attempt,
            part: 0,
        };
        let now = draft.now();
        let observed = draft.observe(&target, state, now, error.clone());
        let is_new = match observed {
            Some(Observed::Moved | Observed::Recorded) => true,
            Some(Observed::Repeated) | None => false,
        };
        if !draft.is_changed() {
            return Ok(Some(Counts::one(is_new)));
        }
        let commit = draft.finish();
        let left = budget(deadline, &desk.surroundings);
        match desk.tickets.commit(&commit, left).await {
            Ok(()) => {
                received.events.extend(commit.events);
                return Ok(Some(Counts::one(is_new)));
            }
            Err(CommitError::Raced | CommitError::SlotsTaken(_) | CommitError::AlreadyDone(_)) => {
                if !backoff.wait(&desk.surroundings, deadline).await {
                    return Err(ReceiveError::OutOfTime);
                }
            }
            Err(CommitError::Failed(error)) => return Err(error.into()),
        }
    }
}

/// Why, by the enhanced status code (RFC 3463): the rest of a report is written for its own administrators
/// and names people.
fn refused(status: Option<&str>) -> DeliveryError {
    let (message, hint) = match status.unwrap_or_default() {
        "5.1.1" | "5.1.0" | "5.1.6" | "5.1.10" => (
            "There is no such mailbox.",
            "Ask the customer for another address.",
        ),
        "5.1.2" | "5.4.4" => (
            "The domain of the address takes no mail.",
            "Look whether the address is mistyped.",
        ),
        "5.2.2" | "4.2.2" => (
            "The customer's mailbox is full.",
            "Send it again later, or use another channel.",
        ),
        "5.2.1" => (
            "The customer's mailbox is closed.",
            "Ask the customer for another address.",
        ),
        "5.2.3" | "5.3.4" => (
            "The mail is too large for the customer's mailbox.",
            "Send a link in place of the file.",
        ),
        "5.7.1" | "5.7.0" | "5.7.26" | "5.7.23" => (
            "The customer's mail server refuses our mail.",
            "Tell your administrator: SPF, DKIM and the domain's reputation decide that.",
        ),
        _ => (
            "The mail could not be delivered.",
            "Look at the address, or use another channel.",
        ),
    };
    DeliveryError {
        code: status.map_or_else(|| "bounce".to_owned(), |status| format!("bounce-{status}")),
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}
