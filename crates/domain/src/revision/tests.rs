//! Every order and repetition of the same revisions leaves the same message.

use proptest::prelude::*;
use serde_json::Map;

use super::{KeptText, Outcome, Revised, Revision, WholeText, revise};
use crate::channel::Channel;
use crate::id::{AttachmentId, MessageId};
use crate::message::{ContentType, Message, SenderType, Visibility};
use crate::time::Timestamp;

fn message() -> Message {
    let at = Timestamp::from_millis(1_000);
    Message {
        id: MessageId::generate(at, 1),
        position: 1,
        timestamp: at,
        received_at: at,
        channel: Channel::Instagram,
        sender_type: SenderType::Customer,
        content: "as written".to_owned(),
        content_type: ContentType::Text,
        content_truncated: false,
        html: None,
        visibility: Visibility::Public,
        agent_id: None,
        attachments: Vec::new(),
        reactions: Vec::new(),
        delivery: None,
        reply_to: None,
        edited_at: None,
        edit_number: 0,
        deleted_at: None,
        heard: Vec::new(),
        channel_specific_data: Map::new(),
    }
}

fn edit(key: &str, at: i64, number: u64, text: &str) -> Revision {
    Revision {
        key: key.to_owned(),
        at: Timestamp::from_millis(at),
        what: Revised::Edit {
            text: KeptText {
                shown: text.to_owned(),
                whole: None,
            },
            number,
        },
    }
}

fn reaction(key: &str, at: i64, by: &str, emoji: Option<&str>) -> Revision {
    Revision {
        key: key.to_owned(),
        at: Timestamp::from_millis(at),
        what: Revised::Reaction {
            emoji: emoji.map(str::to_owned),
            by: by.to_owned(),
            sender_type: SenderType::Customer,
        },
    }
}

fn unsend(at: i64) -> Revision {
    Revision {
        key: "unsend".to_owned(),
        at: Timestamp::from_millis(at),
        what: Revised::Unsend,
    }
}

#[test]
fn the_later_edit_counts_whatever_comes_first() {
    let mut message = message();
    assert_eq!(
        revise(&mut message, &edit("2", 20, 2, "second")),
        Outcome::Shown
    );
    assert_eq!(
        revise(&mut message, &edit("1", 30, 1, "first")),
        Outcome::Recorded
    );
    assert_eq!(
        revise(&mut message, &edit("2", 20, 2, "second")),
        Outcome::Repeated
    );
    assert_eq!(message.content, "second");
    assert_eq!(message.edited_at, Some(Timestamp::from_millis(20)));
}

#[test]
fn an_edit_replaces_the_file_of_a_text_that_was_too_long_and_no_other() {
    let mut message = message();
    let whole = WholeText {
        attachment_id: AttachmentId::generate(message.timestamp, 1),
        blob_key: "content/1.txt".to_owned(),
        size_bytes: 9_000,
    };
    let mut picture = whole.attachment();
    picture.blob_key = Some("attachments/1".to_owned());
    message.attachments = vec![picture.clone(), whole.attachment()];
    message.content_truncated = true;
    revise(&mut message, &edit("1", 20, 0, "short"));
    assert_eq!(message.attachments, [picture]);
    assert!(!message.content_truncated);
}

#[test]
fn what_was_taken_back_is_gone_and_stays_gone() {
    let mut message = message();
    message
        .channel_specific_data
        .insert("mid".into(), "m1".into());
    message
        .channel_specific_data
        .insert("story_url".into(), "https://x".into());
    revise(&mut message, &unsend(50));
    assert_eq!(
        revise(&mut message, &edit("1", 60, 1, "back?")),
        Outcome::Recorded
    );
    assert_eq!(message.content, "");
    assert_eq!(message.deleted_at, Some(Timestamp::from_millis(50)));
    assert_eq!(message.channel_specific_data.len(), 1);
}

#[test]
fn a_reaction_taken_back_is_not_brought_back_by_an_older_one() {
    let mut message = message();
    revise(&mut message, &reaction("b", 20, "ann", None));
    assert_eq!(
        revise(&mut message, &reaction("a", 10, "ann", Some("👍"))),
        Outcome::Recorded
    );
    assert_eq!(message.reactions.len(), 1);
    assert_eq!(message.reactions[0].emoji, None);
}

fn any_revision() -> impl Strategy<Value = Revision> {
    let at = 1i64..6;
    prop_oneof![
        (at.clone(), 0u64..4, 0u8..3).prop_map(|(at, n, text)| edit(
            &format!("e{at}.{n}.{text}"),
            at,
            n,
            &format!("text {text}")
        )),
        at.clone().prop_map(|at| Revision {
            key: format!("u{at}"),
            ..unsend(at)
        }),
        (at, 0u8..3, proptest::option::of(0u8..3)).prop_map(|(at, by, emoji)| {
            let emoji = emoji.map(|e| ["👍", "❤️", "😢"][usize::from(e)]);
            reaction(
                &format!("r{at}.{by}.{emoji:?}"),
                at,
                &format!("p{by}"),
                emoji,
            )
        }),
    ]
}

proptest! {
    #[test]
    fn every_order_and_repetition_ends_the_same(
        revisions in proptest::collection::vec(any_revision(), 1..12),
        order in any::<prop::sample::Index>(),
        shuffled: u64,
    ) {
        let mut straight = message();
        revisions.iter().for_each(|r| { revise(&mut straight, r); });
        let mut other: Vec<Revision> = revisions.clone();
        other.push(revisions[order.index(revisions.len())].clone());
        let mut seed = shuffled;
        for i in (1..other.len()).rev() {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            other.swap(i, usize::try_from(seed >> 33).unwrap_or(0) % (i + 1));
        }
        let mut mixed = message();
        other.iter().for_each(|r| { revise(&mut mixed, r); });
        prop_assert_eq!(straight, mixed);
    }
}
