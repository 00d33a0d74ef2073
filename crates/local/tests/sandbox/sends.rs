//! What the desk's adapters send on every channel, on the phones and in what the platforms report of it.
use serde_json::json;
use tributary_domain::Channel;
use tributary_domain::ports::{OutgoingPart, SendOutcome};
use tributary_edge::auth::x_signature;

use crate::desk::{part, taken, with_file, with_template};
use crate::world::{World, is_signed};

#[tokio::test]
async fn a_text_appears_on_the_phone_of_every_channel() {
    let world = World::new().await;
    for (index, channel) in Channel::ALL.into_iter().enumerate() {
        let outcome = world.hand_over(&part(channel, "On its way")).await;
        let id = taken(&outcome).to_owned();
        let message = world.state().await["messages"][index].clone();
        assert_eq!(
            [&message["text"], &message["platform_message_id"]],
            ["On its way", id.as_str()],
            "{channel}"
        );
    }
}

#[tokio::test]
async fn instagram_sends_a_copy_that_bears_no_mark_and_says_what_was_seen() {
    let mut world = World::new().await;
    let read = json!({ "receipts": "read" });
    world.knobs("instagram", &read).await;
    let outcome = world.hand_over(&part(Channel::Instagram, "Yes")).await;
    let got = world.got().await;
    assert!(is_signed(&got, "dev-instagram-app-secret"));
    let body = got.body();
    let event = &body["entry"][0]["messaging"][0];
    let copy = json!({ "is_echo": true, "mid": taken(&outcome), "text": "Yes" });
    assert_eq!(event["message"], copy);
    let people = [&event["sender"]["id"], &event["recipient"]["id"]];
    assert_eq!(people, ["200001", "5600000000000100"]);
    let seen = world.got().await.body()["entry"][0]["messaging"][0].clone();
    assert_eq!(seen["read"], json!({ "mid": taken(&outcome) }));
    assert_eq!(seen["sender"]["id"], "5600000000000100");
}

#[tokio::test]
async fn x_sends_a_copy_from_our_user_and_says_what_was_read() {
    let mut world = World::new().await;
    world.knobs("twitter", &json!({ "receipts": "read" })).await;
    let outcome = world.hand_over(&part(Channel::Twitter, "1 < 2")).await;
    let got = world.got().await;
    let proof = x_signature::sign(&got.raw, "dev-twitter-consumer-secret");
    assert_eq!(got.header(x_signature::HEADER), proof);
    let event = got.body()["direct_message_events"][0].clone();
    assert_eq!(event["id"], taken(&outcome));
    let said = &event["message_create"];
    assert_eq!(said["sender_id"], "900001");
    assert_eq!(said["target"]["recipient_id"], "4400000000000100");
    assert_eq!(said["message_data"]["text"], "1 &lt; 2");
    let read = world.got().await.body()["direct_message_mark_read_events"][0].clone();
    assert_eq!(
        [&read["last_read_event_id"], &read["sender_id"]],
        [taken(&outcome), "4400000000000100"]
    );
}

#[tokio::test]
async fn files_are_shown_by_their_names() {
    let world = World::new().await;
    for (index, (channel, text, name, mime_type, kind, shown)) in [
        (
            Channel::Facebook,
            "",
            "a.png",
            "image/png",
            "image",
            "a.png",
        ),
        (
            Channel::Instagram,
            "",
            "a.pdf",
            "application/pdf",
            "file",
            "a.pdf",
        ),
        (
            Channel::WhatsApp,
            "Here",
            "a.pdf",
            "application/pdf",
            "file",
            "Here\na.pdf",
        ),
        (
            Channel::WhatsApp,
            "",
            "a.ogg",
            "audio/ogg",
            "audio",
            "a.ogg",
        ),
        (
            Channel::WhatsApp,
            "Look",
            "a.jpg",
            "image/jpeg",
            "image",
            "Look\na.jpg",
        ),
        (
            Channel::Twitter,
            "Look",
            "a.png",
            "image/png",
            "image",
            "Look\na.png",
        ),
        (Channel::Twitter, "", "a.gif", "image/gif", "image", "a.gif"),
        (
            Channel::Twitter,
            "Look",
            "a.mp4",
            "video/mp4",
            "video",
            "Look\na.mp4",
        ),
        (
            Channel::Email,
            "Here",
            "a.pdf",
            "application/pdf",
            "file",
            "Here\na.pdf",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let part = with_file(part(channel, ""), text, name, mime_type);
        let outcome = world.hand_over(&part).await;
        taken(&outcome);
        let message = world.state().await["messages"][index].clone();
        assert_eq!(
            (&message["kind"], &message["text"], &message["files"]),
            (&json!(kind), &json!(shown), &json!([name])),
            "{channel} {name}"
        );
    }
}

#[tokio::test]
async fn copies_carry_the_files() {
    let mut world = World::new().await;
    let text = part(Channel::Facebook, "");
    let file = with_file(text, "", "a.png", "image/png");
    world.hand_over(&file).await;
    let copy = world.got().await.body()["entry"][0]["messaging"][0]["message"].clone();
    assert_eq!(copy["attachments"][0]["type"], "image");
    assert_eq!(copy["metadata"], file.correlation.as_text());
    world.got().await;
    let file = with_file(part(Channel::Twitter, ""), "Look", "a.png", "image/png");
    world.hand_over(&file).await;
    let event = world.got().await.body()["direct_message_events"][0].clone();
    let data = &event["message_create"]["message_data"];
    assert_eq!(data["text"], "Look https://t.co/sandbox");
    assert_eq!(data["attachment"]["media"]["type"], "photo");
}

#[tokio::test]
async fn a_template_is_listed_and_shown_with_what_was_filled_in_even_after_a_day() {
    let mut world = World::new().await;
    let url = format!("{}/v26.0/310001/message_templates", world.doubles);
    let request = world.client.get(url).bearer_auth("dev-whatsapp-token");
    let listed: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let listed = listed["data"].as_array().unwrap().clone();
    let told = |index: usize| {
        let one = &listed[index];
        let text = one["components"][0]["text"].as_str().unwrap_or_default();
        (one["status"].clone(), text.matches("{{").count())
    };
    assert_eq!(
        [told(0), told(1)],
        [(json!("APPROVED"), 0), (json!("APPROVED"), 2)]
    );

    let closed = json!({ "fault": { "kind": "window_closed" } });
    world.knobs("whatsapp", &closed).await;
    let text = part(Channel::WhatsApp, "");
    let filled = with_template(text.clone(), "order_update", &["Ann", "7K3M9Q2X"]);
    taken(&world.hand_over(&filled).await);
    let report = world.got().await.body()["entry"][0]["changes"][0]["value"]["statuses"][0].clone();
    assert_eq!(report["status"], "sent");
    let shown = world.state().await["messages"][0]["text"].clone();
    assert_eq!(
        shown,
        "Hello Ann, there is news about your order 7K3M9Q2X. Write back to hear more.\n\nExample Shop"
    );
    for (name, parameters, code) in [
        ("nobody_approved", vec![], "132001"),
        ("order_update", vec!["Ann"], "132000"),
    ] {
        let unfit = with_template(text.clone(), name, &parameters);
        let outcome = world.hand_over(&unfit).await;
        assert!(
            matches!(&outcome, SendOutcome::Refused { error } if error.code == code),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn a_mail_goes_in_both_forms_with_its_files() {
    let world = World::new().await;
    let mail = with_file(part(Channel::Email, ""), "Hi", "a.pdf", "application/pdf");
    let mail = OutgoingPart {
        is_automatic: true,
        ..mail
    };
    taken(&world.hand_over(&mail).await);
    let url = format!("{}/sandbox/api/sends", world.doubles);
    let sends: serde_json::Value = reqwest::get(url).await.unwrap().json().await.unwrap();
    let body = &sends["sends"][0]["body"];
    let types: Vec<_> = (0..2).map(|i| &body["content"][i]["type"]).collect();
    assert_eq!(types, ["text/plain", "text/html"]);
    assert_eq!(body["attachments"][0]["filename"], "a.pdf");
    assert_eq!(body["attachments"][0]["content"], json!(null), "not kept");
    assert_eq!(body["headers"]["Auto-Submitted"], "auto-replied");
}

#[tokio::test]
async fn that_somebody_types_is_no_message_and_is_taken_where_there_is_such_a_thing() {
    let world = World::new().await;
    for channel in Channel::ALL {
        let is_shown = world.show_typing(&part(channel, "")).await;
        assert_eq!(is_shown, channel.shows_typing(), "{channel}");
    }
    let state = world.state().await;
    assert_eq!(state["messages"], json!([]));
    let calls = state["calls"].as_array().unwrap();
    let shown = calls
        .iter()
        .filter(|call| call["note"] == "Shows that somebody types.");
    let providers: Vec<_> = shown.map(|call| call["provider"].clone()).collect();
    assert_eq!(providers, ["facebook", "instagram", "whatsapp"]);
}
