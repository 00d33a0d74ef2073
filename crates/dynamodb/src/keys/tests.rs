//! Keys read back as what they were built from, and sort as they should.

use proptest::prelude::*;

use super::*;

fn ticket(random: u128) -> TicketId {
    TicketId::generate(Timestamp::from_millis(1), random)
}

proptest! {
    #[test]
    fn every_key_of_the_ledger_reads_back(random: u128, a in 0u64..1_000_000_000_000, text in ".*", account in "[!-~]{1,256}", channel in 0usize..6) {
        let slot = SlotKey {
            channel: Channel::ALL[channel],
            account: AccountId::parse(&account).expect("valid"),
            platform_message_id: text.clone(),
        };
        for key in [
            LedgerKey::slot(&slot),
            LedgerKey::Event { ticket_id: ticket(random), sequence: a },
            LedgerKey::Send { ticket_id: ticket(random), position: a },
            LedgerKey::Errand { ticket_id: ticket(random), kind: "erase".to_owned(), version: a },
            LedgerKey::Lease { ticket_id: ticket(random) },
            LedgerKey::Typing { ticket_id: ticket(random) },
            LedgerKey::idempotency(&IdempotencyScope::Chatbot, &text),
            LedgerKey::idempotency(&IdempotencyScope::Message(ticket(random)), &text),
            LedgerKey::Reference(Reference::generate(random)),
            LedgerKey::Account { channel: Channel::ALL[channel], account: slot.account.clone() },
        ] {
            prop_assert_eq!(LedgerKey::parse(&key.pk(), &key.sk()), Some(key));
        }
    }

    #[test]
    fn places_identities_and_partitions_read_back(random: u128, millis in 0i64..253_402_207_200_999, id in "[!-~]{1,100}", shard in 0u32..100) {
        let place = InboxPlace { updated_at: Timestamp::from_millis(millis), ticket_id: ticket(random) };
        prop_assert_eq!(parse_activity(&activity(&place)), Some(place));
        let name = ChannelIdentity::new(Channel::Email, &id).expect("valid");
        prop_assert_eq!(parse_identity(&identity(&name)), Some(name));
        for &status in Status::ALL {
            prop_assert_eq!(parse_inbox(&inbox(status, shard)), Some((status, shard)));
        }
    }

    #[test]
    fn numbers_and_places_sort_as_text(a in 0u64..1_000_000_000_000, b in 0u64..1_000_000_000_000, x: u128, y: u128) {
        prop_assert_eq!(a.cmp(&b), padded(a).cmp(&padded(b)));
        let place = |millis: u64, random| InboxPlace { updated_at: Timestamp::from_millis(millis as i64), ticket_id: ticket(random) };
        let (p, q) = (place(a, x), place(b, y));
        prop_assert_eq!(p.cmp(&q), activity(&p).cmp(&activity(&q)));
    }

    #[test]
    fn no_text_makes_parsing_panic(pk in ".{0,60}", sk in ".{0,20}") {
        let _ = LedgerKey::parse(&pk, &sk);
        let _ = parse_identity(&pk);
        let _ = parse_activity(&pk);
        let _ = parse_inbox(&pk);
    }
}

#[test]
fn a_key_is_the_hash_of_what_others_choose() {
    let key = LedgerKey::slot(&SlotKey {
        channel: Channel::WhatsApp,
        account: AccountId::parse("300001").expect("valid"),
        platform_message_id: "wamid.1".to_owned(),
    });
    assert_eq!(
        key.pk(),
        format!("slot#whatsapp#300001#{}", hash("wamid.1"))
    );
    assert_eq!(
        hash(""),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    assert!(!key.pk().contains("wamid"));
}
