//! What becomes of a proven mail: the desk takes it, or keeps it raw when it cannot be read.

use bytes::Bytes;
use tributary_domain::TicketId;
use tributary_domain::channel::email::{Mail, parse};
use tributary_domain::receive::Outcome;
use tributary_domain::receive_mail::{Route, park_mail, receive_mail};
use tributary_domain::surroundings::Deadline;
use tributary_edge::auth::reply_token::ReplyTokenKeys;
use tributary_edge::secrets::SendGridSecret;
use tributary_edge::settings::MailSettings;

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
            let route = route(&mail, &deps.mail, secret);
            receive_mail(&deps.desk, mail, &route, raw, deadline).await
        }
        Err(error) => {
            tracing::warn!(why = %error, "a mail cannot be read");
            park_mail(&deps.desk, raw).await
        }
    }
}

/// The ticket whose signed address the mail servers handed it over for, and which addresses are ours.
fn route(mail: &Mail, settings: &MailSettings, secret: &SendGridSecret) -> Route {
    let MailSettings { from, reply_domain } = settings;
    let keys = ReplyTokenKeys::from_secret(secret);
    let at_reply_domain = |address: &&String| {
        address
            .rsplit_once('@')
            .is_some_and(|(_, domain)| domain.eq_ignore_ascii_case(reply_domain))
    };
    let ticket = mail
        .envelope_to
        .iter()
        .filter(at_reply_domain)
        .filter_map(|address| keys.ticket(address))
        .find_map(|id| TicketId::parse(&id).ok());
    let mailboxes = secret.accounts.iter().filter_map(|a| a.mailbox.as_ref());
    Route {
        ticket,
        our_mailboxes: mailboxes
            .chain([from])
            .map(|address| address.to_lowercase())
            .collect(),
        reply_domain: reply_domain.to_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SendGridSecret {
        let account = |mailbox: &str| tributary_edge::secrets::SendGridAccount {
            api_key: "key".to_owned(),
            mailbox: Some(mailbox.to_owned()),
        };
        SendGridSecret {
            inbound_public_key: None,
            events_public_key: None,
            basic_auth: None,
            reply_token_keys: vec!["one".to_owned()],
            accounts: vec![account("Sales@example.com"), account("shop@example.com")],
        }
    }

    fn route_of(to: &[&str]) -> Route {
        let mail = Mail {
            envelope_to: to.iter().map(|address| (*address).to_owned()).collect(),
            ..Mail::default()
        };
        let settings = MailSettings {
            from: "Support@example.com".to_owned(),
            reply_domain: "reply.example.com".to_owned(),
        };
        route(&mail, &settings, &secret())
    }

    const TICKET: &str = "tkt_01jd0000000000000000000000";

    #[test]
    fn a_signed_address_of_ours_leads_to_its_ticket_wherever_it_stands() {
        let local = ReplyTokenKeys::from_secret(&secret()).local_part(TICKET);
        let signed = format!("{local}@Reply.Example.com");
        let expected = TicketId::parse(TICKET).ok();
        assert!(expected.is_some());
        for to in [&[&*signed][..], &["support@example.com", &signed]] {
            assert_eq!(route_of(to).ticket, expected);
        }
    }

    #[test]
    fn an_address_elsewhere_or_with_another_signature_leads_nowhere() {
        let local = ReplyTokenKeys::from_secret(&secret()).local_part(TICKET);
        let (elsewhere, cut) = (
            format!("{local}@example.org"),
            format!("{}@reply.example.com", &local[..local.len() - 1]),
        );
        for to in [&[][..], &[&*elsewhere], &[&cut], &[&local], &["support+x"]] {
            assert_eq!(route_of(to).ticket, None, "{to:?}");
        }
    }

    #[test]
    fn our_mailboxes_are_those_of_the_settings_and_of_the_secret() {
        assert_eq!(
            route_of(&[]).our_mailboxes,
            [
                "sales@example.com",
                "shop@example.com",
                "support@example.com"
            ]
        );
    }
}
