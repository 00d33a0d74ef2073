use super::*;
use crate::channel::meta::tests::corpus;
use crate::channel::{all_of, raw};

#[test]
fn every_event_of_the_corpus_is_what_the_corpus_says_it_is() {
    assert_eq!(corpus::compare(Channel::Instagram), 18);
}

#[test]
fn a_body_of_the_other_platform_is_parked() {
    let body = serde_json::json!({"object": "page", "entry": [{"id": "1", "messaging": [{}]}]});
    let parked = crate::channel::inbound::InboundKind::Parked("not an Instagram body");
    assert_eq!(all_of(Channel::Instagram, &raw(&body))[0].kind, parked);
}
