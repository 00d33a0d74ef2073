//! The door of mail, which no function serves.

use serde_norway::Value;
use tributary_blobs::{INBOX, QUARANTINE};
use tributary_edge::auth::sendgrid_signature::{SIGNATURE_HEADER, TIMESTAMP_HEADER};

use crate::reading::{at, list, resources, template, text};
use crate::routes::MAIL_PATH;

fn mail_method(template: &Value) -> &Value {
    let api = ["Resources", "Api", "Properties"];
    let api = at(template, &api).expect("the API");
    // Else the transform drops every route of a function.
    let merges = at(api, &["MergeDefinitions"]).and_then(Value::as_bool);
    assert_eq!(merges, Some(true));
    let method = ["DefinitionBody", "paths", MAIL_PATH, "post"];
    at(api, &method).expect("the method of mail")
}

#[test]
fn mail_goes_into_the_inbox_with_what_proves_it() {
    let template = template();
    let method = mail_method(&template);
    let integration = at(method, &["x-amazon-apigateway-integration"]).expect("an integration");
    let uri = at(integration, &["uri"]).expect("an address");
    let Value::Tagged(uri) = uri else {
        panic!("the address names the bucket")
    };
    let uri = uri.value.as_str().expect("text");
    assert!(
        uri.ends_with(&format!("{{BlobsBucket}}/{INBOX}{{mail}}")),
        "{uri}"
    );
    let sent = |name: &str| text(integration, &["requestParameters", name]);
    assert_eq!(
        sent("integration.request.path.mail"),
        Some("context.extendedRequestId"),
        "a client may choose the other id, and so overwrite what is there"
    );
    for (kept, header) in [
        ("signature", SIGNATURE_HEADER),
        ("timestamp", TIMESTAMP_HEADER),
    ] {
        let from = sent(&format!("integration.request.header.x-amz-meta-{kept}"));
        let from = from.expect("is kept").to_lowercase();
        assert_eq!(from, format!("method.request.header.{header}"));
    }
    let admitted = sent("integration.request.header.x-amz-meta-admitted");
    assert_eq!(admitted, Some("context.authorizer.admitted"));
    assert!(sent("integration.request.header.Content-Type").is_some());
    assert!(
        at(integration, &["requestTemplates"]).is_none(),
        "the bytes stay as they came"
    );
    let media = list(
        at(&template, &["Resources", "Api", "Properties"]).expect("the API"),
        &["BinaryMediaTypes"],
    );
    assert_eq!(
        media.first().and_then(|m| m.as_str()),
        Some("multipart~1form-data")
    );
}

#[test]
fn trouble_of_ours_is_never_a_4xx_to_mail() {
    let template = template();
    let method = mail_method(&template);
    let answers = at(method, &["x-amazon-apigateway-integration", "responses"]);
    let answers = answers.and_then(Value::as_mapping).expect("answers");
    for (when, answer) in answers {
        let expected = if when.as_str() == Some("200") {
            "200"
        } else {
            "503"
        };
        assert_eq!(text(answer, &["statusCode"]), Some(expected));
    }
    let gateway = ["Resources", "Api", "Properties", "GatewayResponses"];
    let gateway = at(&template, &gateway).expect("answers of the gateway");
    for kind in ["THROTTLED", "QUOTA_EXCEEDED", "DEFAULT_5XX"] {
        assert_eq!(text(gateway, &[kind, "StatusCode"]), Some("503"), "{kind}");
    }
    let retry = text(
        gateway,
        &["THROTTLED", "ResponseParameters", "Headers", "Retry-After"],
    );
    assert_eq!(retry, Some("'1'"));
    let authorizer = [
        "Resources",
        "Api",
        "Properties",
        "DefinitionBody",
        "securityDefinitions",
        "MailAuthorizer",
        "x-amazon-apigateway-authorizer",
    ];
    let authorizer = at(&template, &authorizer).expect("an authorizer");
    assert!(
        at(authorizer, &["identitySource"]).is_none(),
        "a signed mail without Authorization would be refused unasked"
    );
    let kept = at(authorizer, &["authorizerResultTtlInSeconds"]).and_then(Value::as_u64);
    assert_eq!(kept, Some(0));
}

#[test]
fn what_mail_leaves_in_the_bucket_is_told_of_and_goes_after_thirty_days() {
    let template = template();
    let bucket = at(&template, &["Resources", "BlobsBucket", "Properties"]).expect("the bucket");
    let rules = list(bucket, &["LifecycleConfiguration", "Rules"]);
    for prefix in [INBOX, QUARANTINE] {
        let rule = rules.iter().find(|r| text(r, &["Prefix"]) == Some(prefix));
        let days = rule.and_then(|r| at(r, &["ExpirationInDays"]));
        assert_eq!(days.and_then(Value::as_u64), Some(30), "{prefix}");
    }
    let alarms = resources(&template, "AWS::CloudWatch::Alarm");
    for alarm in [
        "MailQuarantinedAlarm",
        "MailParkedAlarm",
        "MailRefusedAlarm",
        "MailLateAlarm",
        "MailFailuresAlarm",
    ] {
        assert_eq!(
            list(&alarms[alarm], &["Properties", "AlarmActions"]).len(),
            1,
            "{alarm}"
        );
    }
    // Six hours of tries, each after the last has certainly ended.
    let queue = at(&template, &["Resources", "MailArrived", "Properties"]).expect("the queue");
    let number =
        |value: &Value, path: &[&str]| at(value, path).and_then(Value::as_u64).expect("a number");
    let hidden = number(queue, &["VisibilityTimeout"]);
    let tries = number(queue, &["RedrivePolicy", "maxReceiveCount"]);
    let timeout = number(
        &template,
        &["Resources", "MailFunction", "Properties", "Timeout"],
    );
    assert!(hidden >= 6 * timeout, "as Lambda asks of a queue's timeout");
    assert_eq!(hidden * tries, 6 * 3600);
}
