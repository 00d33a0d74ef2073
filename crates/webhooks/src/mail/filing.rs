//! What becomes of a proven mail.

use bytes::Bytes;
use tributary_domain::channel::email::{UnreadableMail, parse};
use tributary_domain::ports::PortError;
use tributary_domain::receive::{Outcome, Received};
use tributary_domain::receive_mail::{park_mail, receive_mail};
use tributary_domain::surroundings::Deadline;
use tributary_runtime::MailRoutes;

use crate::Deps;

/// Files a mail, or keeps it raw when it cannot be read.
pub(super) async fn file(
    deps: &Deps,
    content_type: &str,
    raw: &Bytes,
    deadline: Deadline,
) -> Outcome {
    let mail = match parse(content_type, raw) {
        Ok(mail) => mail,
        Err(error @ (UnreadableMail::NoBoundary | UnreadableMail::NoPart)) => {
            tracing::warn!(%error, "a mail cannot be read");
            return park_mail(&deps.desk, raw).await;
        }
    };
    match MailRoutes::read(&deps.secrets, &deps.mail).await {
        Ok(routes) => {
            let route = routes.of(&mail);
            receive_mail(&deps.desk, mail, &route, raw, deadline).await
        }
        // Without the keys an answer would open a new ticket: better once more, and rightly.
        Err(error) => Outcome {
            received: Received::default(),
            unfinished: Some(PortError::Unavailable(Box::new(error)).into()),
        },
    }
}
