use proptest::prelude::*;

use super::*;
use crate::memory::SimulatedSurroundings;
use crate::surroundings::Surroundings;

fn error(code: &str) -> DeliveryError {
    DeliveryError {
        code: code.to_owned(),
        message: "It broke.".to_owned(),
        hint: "Mend it.".to_owned(),
    }
}

fn ticket(number: u64) -> TicketId {
    TicketId::generate(Timestamp::from_millis(0), u128::from(number))
}

fn now() -> Timestamp {
    SimulatedSurroundings::new(1).now()
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_broken_account_is_tried_after_15_then_30_then_every_60_seconds() {
    let mut gate = Gate::default();
    let mut at = now();
    gate.fail(&error("190"), None, at);
    for pause in [15, 30, 60, 60, 60] {
        let next = gate.broken.as_ref().expect("broken").next_try;
        assert_eq!(next.since(at), pause * SECOND);
        assert_eq!(gate.calls_at, Some(next));
        at = next;
        gate.begin_trial(None, at);
        gate.fail(&error("190"), None, at.plus(SECOND / 2));
        assert_eq!(gate.broken.as_ref().map(|b| b.since), Some(now()));
    }
}

#[test]
fn only_a_trial_goes_through_a_broken_account_and_mends_it() {
    let mut gate = Gate::default();
    gate.fail(&error("190"), None, now());
    for channel in Channel::ALL.iter().copied() {
        let closed = gate.admit(channel, now(), false);
        assert!(matches!(closed, Admission::Closed { why, .. } if why.code == "190"));
        let trial = gate.admit(channel, now(), true);
        assert!(matches!(trial, Admission::Open | Admission::Counted));
    }
    gate.mend(now());
    assert_eq!(gate.admit(Channel::WhatsApp, now(), false), Admission::Open);
    assert_eq!(gate.calls_at, Some(now()));
}

#[test]
fn what_a_supervisor_stopped_is_not_tried_either() {
    let mut gate = Gate {
        stopped: Some(Stopped {
            by: AgentId::parse("supervisor-1").expect("an agent"),
            since: now(),
        }),
        ..Gate::default()
    };
    gate.fail(&error("190"), None, now());
    for is_trial in [false, true] {
        let closed = gate.admit(Channel::WhatsApp, now(), is_trial);
        assert!(matches!(closed, Admission::Closed { why, .. } if why.code == STOPPED));
    }
}

#[test]
fn an_account_that_was_asked_to_slow_down_waits_as_long_as_it_was_told() {
    let mut gate = Gate::default();
    gate.slow_down(&error("80007"), Some(60 * SECOND), now());
    gate.slow_down(&error("80007"), Some(5 * SECOND), now());
    let until = now().plus(60 * SECOND);
    let closed = gate.admit(Channel::WhatsApp, now(), false);
    assert!(matches!(closed, Admission::Closed { until: told, .. } if told == until));
    assert_eq!(gate.admit(Channel::WhatsApp, until, false), Admission::Open);
    assert_eq!(gate.estimate(Channel::WhatsApp, 9, now()), until);
}

#[test]
fn a_gate_looks_twice_before_it_no_longer_looks() {
    let mut gate = Gate::default();
    assert!(gate.call_at(now()));
    assert!(!gate.call_at(now().plus(SECOND)));
    gate.find_idle(now());
    assert_eq!(gate.calls_at, Some(now().plus(15 * SECOND)));
    let mut again = gate.clone();
    again.find_idle(now());
    assert_eq!(again.calls_at, None);
    assert!(gate.call_at(now().plus(20 * SECOND)));
    assert_eq!(gate.calls_at, Some(now().plus(15 * SECOND)));
}

proptest! {
    #[test]
    fn x_never_gets_more_than_15_in_any_15_minutes_and_gets_them_as_estimated(
        waits in proptest::collection::vec(0u64..200, 1..120),
    ) {
        let mut gate = Gate::default();
        let mut sent: Vec<Timestamp> = Vec::new();
        let mut at = now();
        for (number, wait) in waits.into_iter().enumerate() {
            at = at.plus(Duration::from_secs(wait));
            let expected = gate.estimate(Channel::Twitter, 0, at);
            match gate.admit(Channel::Twitter, at, false) {
                Admission::Counted => prop_assert_eq!(expected, at),
                Admission::Closed { until, .. } => {
                    prop_assert_eq!(expected, until);
                    at = until;
                    prop_assert_eq!(gate.admit(Channel::Twitter, at, false), Admission::Counted);
                }
                Admission::Open => prop_assert!(false, "X is counted"),
            }
            gate.count(Channel::Twitter, &ticket(number as u64), at);
            sent.push(at);
        }
        for (index, first) in sent.iter().enumerate() {
            let within = sent[index..].iter().filter(|s| s.since(*first) < Duration::from_secs(900));
            prop_assert!(within.count() <= 15);
            let day = sent[index..].iter().filter(|s| s.since(*first) < Duration::from_secs(86_400));
            prop_assert!(day.count() <= 1440);
        }
    }
}

#[test]
fn an_estimate_counts_those_ahead() {
    let mut gate = Gate::default();
    for number in 0..15 {
        gate.count(Channel::Twitter, &ticket(number), now());
    }
    let span = Duration::from_secs(15 * 60 + 2);
    for (ahead, spans) in [(0, 1), (14, 1), (15, 2), (29, 2), (30, 3)] {
        let expected = gate.estimate(Channel::Twitter, ahead, now());
        assert_eq!(expected.since(now()), spans * span, "{ahead} ahead");
    }
    assert_eq!(gate.share(&ticket(3)), 1);
}

#[test]
fn a_pause_of_years_is_taken_for_a_mistake() {
    let mut gate = Gate::default();
    gate.slow_down(
        &error("429"),
        Some(Duration::from_secs(1_735_689_600)),
        now(),
    );
    assert_eq!(gate.slow_until, Some(now().plus(24 * 3600 * SECOND)));
}
