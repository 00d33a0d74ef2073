//! That agents type, noted for a moment.

use std::time::Duration;

use tributary_domain::ports::{DueWork, Outbox, TypingNotes};
use tributary_domain::{Surroundings, TicketId};

use crate::support::world;

const SECOND: Duration = Duration::from_secs(1);

pub async fn an_agents_typing_is_noted_again_after_a_while_and_taken_once_while_it_is_fresh(
    store: &impl TypingNotes,
) {
    let world = world();
    let start = world.now();
    let id = TicketId::generate(start, world.random());
    let at = |seconds: u32| start.plus(seconds * SECOND);
    let note = async |seconds, before| {
        let noted = store.note_typing(&id, at(seconds), at(before));
        noted.await.expect("answers")
    };
    let take = async |oldest| store.take_typing(&id, at(oldest)).await.expect("answers");
    assert_eq!(take(0).await, None, "nobody types");
    assert!(note(20, 5).await);
    assert!(!note(25, 10).await, "it was noted just now");
    assert_eq!(take(21).await, None, "too old");
    assert_eq!(take(20).await, Some(at(20)));
    assert_eq!(take(20).await, None, "taken");
    assert!(!note(34, 19).await, "taken or not, it was noted just now");
    assert!(note(35, 20).await);
    assert_eq!(take(20).await, Some(at(35)));
    let other = TicketId::generate(start, world.random());
    let taken = store.take_typing(&other, start).await;
    assert_eq!(taken.expect("answers"), None, "another ticket's");
}

pub async fn that_agents_type_is_never_due(store: &(impl TypingNotes + Outbox)) {
    let world = world();
    let now = world.now();
    let id = TicketId::generate(now, world.random());
    let noted = store.note_typing(&id, now, now).await;
    assert!(noted.expect("answers"));
    let due = store.due(now.plus(3600 * SECOND), 1000).await;
    let due = due.expect("reads");
    assert!(!due.contains(&DueWork::Typing(id)), "{due:?}");
}
