//! What SendGrid's servers found out about a sender, and whether it speaks for the address that the
//! mail says it is from.

use super::form::Form;
use super::suffixes::organisation;
use super::{Authentication, Mail, charset};

/// What is read of a field of results.
const MAX_RESULTS: usize = 16 * 1024;
/// Most signatures that are kept.
const MAX_SIGNATURES: usize = 20;

/// Reads the fields `SPF` and `dkim`. A field that comes twice and says two things says nothing.
pub(super) fn read(form: &Form, mail: &Mail) -> Authentication {
    let field = |name: &str| {
        let value = form.undisputed(name)?;
        let text = charset::decode(&value[..value.len().min(MAX_RESULTS)], None);
        Some(text.trim().to_lowercase())
    };
    let spf = field("SPF").filter(|spf| !spf.is_empty());
    let dkim = field("dkim").map_or_else(Vec::new, |dkim| signatures(&dkim));
    let from = mail.from.as_ref().and_then(|from| domain_of(&from.address));
    let is_aligned = from.is_some_and(|from| {
        let passed_spf = spf.as_deref() == Some("pass");
        let envelope = mail.envelope_from.as_deref().filter(|_| passed_spf);
        let by_spf = envelope.and_then(domain_of);
        let by_dkim = dkim.iter().filter(|(_, result)| result == "pass");
        let by_dkim = by_dkim.map(|(domain, _)| domain.clone());
        by_spf
            .into_iter()
            .chain(by_dkim)
            .any(|domain| aligned(&domain, &from))
    });
    Authentication {
        spf,
        dkim,
        is_aligned,
    }
}

/// `{@example.com : pass, @example.org : fail}`, which looks like JSON and is none; `none` without
/// signatures.
fn signatures(field: &str) -> Vec<(String, String)> {
    let entries = field.split([',', '{', '}', '\n']);
    let read = entries.filter_map(|entry| {
        let (domain, result) = entry.rsplit_once(':')?;
        let domain = domain.trim().trim_matches(['"', '\'']);
        let domain = domain.rsplit_once('@').map_or(domain, |(_, domain)| domain);
        let result = result.trim().trim_matches(['"', '\'']);
        (!domain.is_empty() && !result.is_empty()).then(|| (domain.to_owned(), result.to_owned()))
    });
    read.take(MAX_SIGNATURES).collect()
}

/// Relaxed alignment (RFC 7489, 3.1): both have the same organisational domain, by the public suffix
/// list.
fn aligned(authenticated: &str, from: &str) -> bool {
    authenticated == from
        || organisation(from).is_some_and(|own| organisation(authenticated) == Some(own))
}

fn domain_of(address: &str) -> Option<String> {
    let (_, domain) = address.rsplit_once('@')?;
    let domain = domain.trim().trim_end_matches('.');
    (!domain.is_empty()).then(|| domain.to_lowercase())
}
