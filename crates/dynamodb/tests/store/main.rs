//! The ports on DynamoDB, through the real SDK client, and beside it in memory: one suite of promises for
//! every store, then what only DynamoDB has: lost answers, items, sizes and costs. DynamoDB is the embedded
//! one unless `TRIBUTARY_DYNAMODB_URL` names another.

#![allow(
    clippy::wildcard_enum_match_arm,
    reason = "AttributeValue is the SDK's to extend"
)]
#![allow(clippy::expect_used, missing_docs, reason = "tests")]

mod ambiguity;
mod capacity;
mod contract;
mod items;
mod sizes;
mod support;

macro_rules! every_store_promises {
    ($($part:ident: $($promise:ident),+ $(,)?;)+) => {
        mod in_memory {
            $($(#[tokio::test] async fn $promise() { crate::contract::$part::$promise(&crate::support::memory()).await; })+)+
        }
        mod on_dynamodb {
            $($(#[tokio::test] async fn $promise() { crate::contract::$part::$promise(&crate::support::dynamodb().await).await; })+)+
        }
    };
}

every_store_promises! {
    commits:
        what_is_absent_is_none,
        a_ticket_reads_back_as_it_was_committed,
        a_stale_version_is_refused_and_changes_nothing,
        a_reference_belongs_to_one_ticket,
        a_relied_on_ticket_must_not_have_changed,
        a_message_lives_either_in_the_window_or_outside_it,
        only_a_message_outside_the_window_can_be_revised;
    slots:
        a_taken_slot_tells_its_message_and_nothing_is_written,
        events_wait_once_and_are_applied_with_their_message,
        a_commit_that_applies_too_few_events_is_told_all,
        a_commit_that_applies_events_nobody_left_is_told_so,
        what_was_done_before_is_told_before_slots_and_races,
        every_kind_of_event_waits_and_reads_back,
        a_slot_holds_so_many_events_and_no_more;
    people:
        an_identity_belongs_to_one_customer,
        a_pointer_moves_only_from_where_it_was,
        a_checked_pointer_must_still_be_there,
        a_customer_gains_a_name_once,
        a_name_that_was_asked_for_goes_only_to_who_has_none,
        people_change_all_together_and_only_from_what_was_read,
        a_customer_joined_into_another_learns_nothing_more;
    work:
        an_intent_to_send_moves_only_from_what_it_was,
        an_intent_to_fetch_moves_only_from_its_attempt,
        an_errand_moves_only_from_its_attempt_and_is_due_until_it_is_done,
        events_are_pending_until_marked_and_read_in_order,
        one_relay_at_a_time_holds_the_lease,
        a_lease_lost_to_another_stays_theirs,
        due_work_is_found_once_it_is_due_and_until_it_is_done;
    lists:
        a_ticket_that_does_not_change_appears_exactly_once,
        filters_keep_what_they_say,
        words_must_all_begin_something_a_row_shows,
        updated_since_finds_what_changed,
        a_customers_tickets_are_paged_newest_first,
        resolved_tickets_without_activity_are_found;
    gates:
        a_gate_is_what_it_was_changed_to_unless_somebody_was_faster,
        a_gate_that_calls_is_due_then,
        a_queue_holds_what_its_account_has_to_send_oldest_first;
    typing:
        an_agents_typing_is_noted_again_after_a_while_and_taken_once_while_it_is_fresh,
        that_agents_type_is_never_due;
    accounts:
        nothing_is_known_of_an_account_before_somebody_speaks_of_it,
        the_latest_word_on_an_account_stands_in_whatever_order_words_come,
        a_word_is_news_once,
        an_account_is_checked_by_one_and_not_again_before_its_time,
        checks_tell_since_when_and_leave_the_platforms_word_alone;
}
