use super::*;
use proptest::prelude::*;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis)
}

const REPORTS: [DeliveryState; 4] = [
    DeliveryState::Sent,
    DeliveryState::Failed,
    DeliveryState::Delivered,
    DeliveryState::Read,
];

fn two_attempts() -> Delivery {
    let mut delivery = Delivery::queued(at(0), 1);
    delivery.advance(0, DeliveryState::Sending, at(1), None);
    delivery.advance(0, DeliveryState::Unknown, at(2), None);
    delivery.start_attempt(at(3), None);
    delivery
}

proptest! {
    #[test]
    fn every_order_and_repetition_of_reports_ends_the_same(
        reports in proptest::collection::vec((1u32..3, 0usize..4), 0..8),
        seed in any::<u64>(),
    ) {
        let mut shuffled = reports.clone();
        for i in (1..shuffled.len()).rev() {
            shuffled.swap(i, (seed.rotate_left(i as u32 * 7) % (i as u64 + 1)) as usize);
        }
        shuffled.extend(reports.clone());
        let run = |list: &[(u32, usize)]| {
            let mut delivery = two_attempts();
            for (attempt, index) in list {
                delivery.observe(0, *attempt, REPORTS[*index], at(10 + *index as i64), None);
            }
            delivery.state()
        };
        prop_assert_eq!(run(&reports), run(&shuffled));
    }

    #[test]
    fn once_any_attempt_is_proved_the_part_counts_as_taken_whatever_came_of_another(
        reports in proptest::collection::vec((1u32..3, 0usize..4), 0..8),
        refused in any::<bool>(),
    ) {
        let mut delivery = two_attempts();
        if refused {
            delivery.advance(0, DeliveryState::Sending, at(4), None);
            delivery.advance(0, DeliveryState::Failed, at(5), None);
        }
        for (attempt, index) in reports {
            delivery.observe(0, attempt, REPORTS[index], at(10 + index as i64), None);
        }
        let mut attempts = delivery.parts()[0].attempts().iter();
        let is_proved = attempts.any(|a| a.state.is_taken());
        prop_assert_eq!(delivery.state().is_taken(), is_proved);
    }

    #[test]
    fn within_one_attempt_the_state_never_moves_down(indexes in proptest::collection::vec(0usize..4, 0..10)) {
        let mut delivery = Delivery::queued(at(0), 1);
        let mut rank = 0;
        for index in indexes {
            delivery.observe(0, 1, REPORTS[index], at(1), None);
            prop_assert!(delivery.state().rank() >= rank);
            rank = delivery.state().rank();
        }
    }
}

#[test]
fn a_failure_yields_to_proof_of_arrival_and_never_replaces_it() {
    let mut delivery = Delivery::queued(at(0), 1);
    assert_eq!(
        delivery.observe(0, 1, DeliveryState::Failed, at(1), None),
        Observed::Moved
    );
    assert_eq!(
        delivery.observe(0, 1, DeliveryState::Sent, at(2), None),
        Observed::Recorded
    );
    assert_eq!(delivery.state(), DeliveryState::Failed);
    assert_eq!(
        delivery.observe(0, 1, DeliveryState::Delivered, at(3), None),
        Observed::Moved
    );
    assert_eq!(delivery.state(), DeliveryState::Delivered);
    assert_eq!(
        delivery.observe(0, 1, DeliveryState::Failed, at(4), None),
        Observed::Repeated
    );
    assert_eq!(delivery.state(), DeliveryState::Delivered);
}

#[test]
fn a_late_report_of_an_older_attempt_settles_a_newer_one_that_waits() {
    let mut delivery = two_attempts();
    assert_eq!(delivery.state(), DeliveryState::Queued);
    assert_eq!(
        delivery.observe(0, 1, DeliveryState::Sent, at(9), None),
        Observed::Moved
    );
    assert_eq!(delivery.state(), DeliveryState::Sent);
}

#[test]
fn proof_of_an_older_attempt_replaces_the_failure_of_a_newer() {
    let mut delivery = two_attempts();
    delivery.advance(0, DeliveryState::Sending, at(4), None);
    delivery.advance(0, DeliveryState::Failed, at(5), None);
    assert_eq!(delivery.state(), DeliveryState::Failed);
    assert_eq!(
        delivery.observe(0, 1, DeliveryState::Sent, at(9), None),
        Observed::Moved
    );
    assert_eq!(delivery.state(), DeliveryState::Sent);
    // The platform gives the older one up after all: nobody has it.
    delivery.observe(0, 1, DeliveryState::Failed, at(10), None);
    assert_eq!(delivery.state(), DeliveryState::Failed);
}

#[test]
fn a_failure_of_an_older_attempt_says_nothing_of_the_newer() {
    let mut delivery = two_attempts();
    assert_eq!(
        delivery.observe(0, 1, DeliveryState::Failed, at(9), None),
        Observed::Recorded
    );
    assert_eq!(delivery.state(), DeliveryState::Queued);
}

#[test]
fn refused_attempts_do_not_pile_up() {
    let mut delivery = Delivery::queued(at(0), 1);
    for i in 0..1000 {
        delivery.advance(0, DeliveryState::Sending, at(i), None);
        delivery.start_attempt(at(i), None);
    }
    assert_eq!(delivery.parts()[0].attempts().len(), 1);
    assert_eq!(delivery.latest_attempt(), 1001);
}
