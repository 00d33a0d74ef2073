//! What becomes of a proven mail: the desk takes it, or keeps it raw when it cannot be read.

use bytes::Bytes;
use tributary_domain::channel::email::parse;
use tributary_domain::receive::Outcome;
use tributary_domain::receive_mail::{park_mail, receive_mail};
use tributary_domain::surroundings::Deadline;
use tributary_edge::secrets::SendGridSecret;
use tributary_runtime::MailRoutes;

use crate::Deps;

/// Files a mail, or keeps it raw when it cannot be read.
pub(super) async fn file(
    deps: &Deps,
    secret: &SendGridSecret,
    content_type: &str,
    raw: &Bytes,
    deadline: Deadline,
) -> Outcome {
    match parse(content_type, raw) {
        Ok(mail) => {
            let route = MailRoutes::new(secret, &deps.mail).of(&mail);
            receive_mail(&deps.desk, mail, &route, raw, deadline).await
        }
        Err(error) => {
            tracing::warn!(why = %error, "a mail cannot be read");
            park_mail(&deps.desk, raw).await
        }
    }
}
