//! What is sent of a text or a template.

use super::*;

#[tokio::test]
async fn a_text_goes_to_the_phone_number_with_what_brings_its_reports_back() {
    let server = answering(taken()).await;
    assert_eq!(send(&server).await, accepted("wamid.1"));
    let requests = server.received_requests().await.expect("recorded");
    assert_eq!(requests[0].headers["authorization"], "Bearer hush-0");
    let correlation = message("").correlation.as_text();
    assert!(correlation.len() <= 512, "WhatsApp takes 512");
    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "15550100", "type": "text",
        "text": {"body": "Hello", "preview_url": false}, "biz_opaque_callback_data": correlation,
    });
    assert_eq!(bodies(&server).await, [expected]);
}

#[tokio::test]
async fn a_customer_without_a_number_is_addressed_by_the_business_scoped_id() {
    let server = answering(taken()).await;
    let user = "US.13491208655302741918";
    deliver(&server.uri(), &part(Channel::WhatsApp, user, "Hello")).await;
    let body = &bodies(&server).await[0];
    assert_eq!(body["recipient"], user);
    assert_eq!(body.get("to"), None);
}

#[tokio::test]
async fn an_answer_to_a_message_names_it() {
    let server = answering(taken()).await;
    let part = OutgoingPart {
        reply_to: Some("wamid.0".into()),
        ..message("Hello")
    };
    deliver(&server.uri(), &part).await;
    let body = &bodies(&server).await[0];
    assert_eq!(body["context"], json!({"message_id": "wamid.0"}));
}

#[tokio::test]
async fn a_template_goes_with_its_language_and_what_was_filled_in() {
    let server = answering(taken()).await;
    let send = async |parameters: &[&str]| {
        let part = OutgoingPart {
            content: template(parameters),
            ..message("")
        };
        assert_eq!(deliver(&server.uri(), &part).await, accepted("wamid.1"));
    };
    send(&["Ann", "two\nlines  and\tblanks"]).await;
    send(&[]).await;
    let bodies = bodies(&server).await;
    let text = |text: &str| json!({"type": "text", "text": text});
    let filled =
        json!([{"type": "body", "parameters": [text("Ann"), text("two lines and blanks")]}]);
    let expected = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "15550100", "type": "template",
        "template": {"name": "order_shipped", "language": {"code": "en_US"}, "components": filled},
        "biz_opaque_callback_data": message("").correlation.as_text(),
    });
    assert_eq!(bodies[0], expected);
    let bare = json!({"name": "order_shipped", "language": {"code": "en_US"}});
    assert_eq!(bodies[1]["template"], bare);
}
