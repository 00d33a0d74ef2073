//! Where mails go: which addresses are ours, and which of them lead to a ticket.

use tributary_domain::TicketId;
use tributary_domain::channel::email::Mail;
use tributary_domain::receive_mail::Route;
use tributary_edge::auth::reply_token::ReplyTokenKeys;
use tributary_edge::secrets::SendGridSecret;
use tributary_edge::settings::MailSettings;

/// What a mail's way is told by.
#[derive(Debug, Clone)]
pub struct MailRoutes {
    keys: ReplyTokenKeys,
    our_mailboxes: Vec<String>,
    reply_domain: String,
}

impl MailRoutes {
    /// As the settings and SendGrid's secret say.
    #[must_use]
    pub fn new(secret: &SendGridSecret, settings: &MailSettings) -> Self {
        let MailSettings { from, reply_domain } = settings;
        let named = secret.accounts.iter().filter_map(|a| a.mailbox.as_deref());
        let mailboxes = named.chain([from.as_str()]);
        Self {
            keys: ReplyTokenKeys::from_secret(secret),
            our_mailboxes: mailboxes.map(str::to_lowercase).collect(),
            reply_domain: reply_domain.to_lowercase(),
        }
    }

    /// The way of one mail. What the mail servers told each other counts; its own To and Cc only where that is
    /// missing, for anybody may write anything there.
    #[must_use]
    pub fn of(&self, mail: &Mail) -> Route {
        let told = mail.envelope_to.iter().map(String::as_str);
        let written = mail.to.iter().chain(&mail.cc).map(|m| m.address.as_str());
        let mut addresses: Vec<&str> = told.collect();
        if addresses.is_empty() {
            addresses.extend(written);
        }
        let ticket = addresses.into_iter().find_map(|address| {
            let (_, domain) = address.rsplit_once('@')?;
            if !domain.eq_ignore_ascii_case(&self.reply_domain) {
                return None;
            }
            TicketId::parse(&self.keys.ticket(address)?).ok()
        });
        Route {
            ticket,
            our_mailboxes: self.our_mailboxes.clone(),
            reply_domain: self.reply_domain.clone(),
        }
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
        MailRoutes::new(&secret(), &settings).of(&mail)
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
