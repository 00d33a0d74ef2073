//! The signed address that answers to our mail go to: `support+<ticket>.<mac>@<reply domain>`. Whoever answers
//! it reaches that ticket; nobody can make one for another ticket. It has at most 64 characters before the `@`
//! (RFC 5321, section 4.5.3.1.1) and survives programs that change its case.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::secrets::SendGridSecret;

/// Bytes of the MAC: 96 bits, which nobody guesses over mail.
const MAC_BYTES: usize = 12;
/// Sets these MACs apart from everything else a key may be used for.
const PURPOSE: &[u8] = b"tributary reply address v1\n";
/// What ids of tickets begin with, and addresses leave out.
const TICKET: &str = "tkt_";

/// The keys, the current one first.
#[derive(Clone, PartialEq, Eq)]
pub struct ReplyTokenKeys(Vec<String>);

impl ReplyTokenKeys {
    /// The secret's `reply_token_keys`, the current one first; without any, its API key stands in, and addresses
    /// given out before that key is changed are no longer known then.
    #[must_use]
    pub fn from_secret(secret: &SendGridSecret) -> Self {
        if secret.reply_token_keys.is_empty() {
            let keys = secret.accounts.iter().map(|a| a.api_key.clone());
            return Self(keys.take(1).collect());
        }
        Self(secret.reply_token_keys.clone())
    }

    /// The part before the `@` for a ticket; without a key one that leads nowhere by itself.
    #[must_use]
    pub fn local_part(&self, ticket_id: &str) -> String {
        let ticket = ticket_id.strip_prefix(TICKET).unwrap_or(ticket_id);
        match self.0.first().and_then(|key| mac(key, ticket)) {
            Some(mac) => {
                let mac = mac.finalize().into_bytes();
                format!("support+{ticket}.{}", hex::encode(&mac[..MAC_BYTES]))
            }
            None => "support".to_owned(),
        }
    }

    /// The ticket that an address leads to, if it was made by us; with or without the domain.
    #[must_use]
    pub fn ticket(&self, address: &str) -> Option<String> {
        let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
        let local = local.to_ascii_lowercase();
        let (_, token) = local.split_once('+')?;
        let (ticket, given) = token.split_once('.')?;
        let given = hex::decode(given).ok().filter(|g| g.len() == MAC_BYTES)?;
        let is_ours = |key: &String| {
            mac(key, ticket).is_some_and(|mac| mac.verify_truncated_left(&given).is_ok())
        };
        self.0
            .iter()
            .any(is_ours)
            .then(|| format!("{TICKET}{ticket}"))
    }
}

impl fmt::Debug for ReplyTokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplyTokenKeys").finish_non_exhaustive()
    }
}

fn mac(key: &str, ticket: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::new_from_slice(key.as_bytes()).ok()?;
    mac.update(PURPOSE);
    mac.update(ticket.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKET_ID: &str = "tkt_01jd0000000000000000000000";

    fn keys(keys: &[&str]) -> ReplyTokenKeys {
        ReplyTokenKeys(keys.iter().map(|k| (*k).to_owned()).collect())
    }

    #[test]
    fn an_address_leads_to_its_ticket_whatever_a_mail_program_made_of_its_case() {
        let local = keys(&["one"]).local_part(TICKET_ID);
        assert!(local.len() <= 64, "{}", local.len());
        for address in [
            local.clone(),
            format!("{local}@reply.example.com"),
            format!("{local}@reply.example.com").to_uppercase(),
        ] {
            assert_eq!(
                keys(&["one"]).ticket(&address).as_deref(),
                Some(TICKET_ID),
                "{address}"
            );
        }
    }

    #[test]
    fn an_older_key_still_opens_while_it_is_listed() {
        let local = keys(&["old"]).local_part(TICKET_ID);
        assert!(keys(&["new", "old"]).ticket(&local).is_some());
        assert!(keys(&["new"]).ticket(&local).is_none());
    }

    #[test]
    fn no_address_is_made_by_guessing() {
        let local = keys(&["one"]).local_part(TICKET_ID);
        let other = local.replace("01jd", "01je");
        let (start, _) = local.split_at(local.len() - 1);
        for forged in [
            other.as_str(),
            start,
            "support+",
            "support+.",
            "support+01jd0000000000000000000000",
            "support+01jd0000000000000000000000.",
            "support+01jd0000000000000000000000.zz",
            "support",
            "",
            "@",
        ] {
            assert_eq!(keys(&["one"]).ticket(forged), None, "{forged}");
        }
        assert_eq!(keys(&[]).ticket(&local), None, "there is no key");
    }
}
