//! Which addresses may be asked: the platforms' own hosts by HTTPS, and of those only public addresses. Names
//! are resolved here and the addresses that were checked are the ones connected to, so that a name cannot
//! change its mind in between.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tributary_domain::Channel;
use url::Host;

/// Hosts of files, with everything below them. Sources: the platforms' own webhooks (Messenger Platform and
/// Instagram Platform, webhook reference; Cloud API, media; X API, media objects).
fn hosts(channel: Channel) -> &'static [&'static str] {
    match channel {
        Channel::Facebook | Channel::Instagram => &["fbsbx.com", "fbcdn.net", "cdninstagram.com"],
        Channel::WhatsApp => &["fbsbx.com", "fbcdn.net", "whatsapp.net"],
        Channel::Twitter => &["twimg.com", "ton.twitter.com", "ton.x.com", "api.x.com"],
        Channel::Email | Channel::WebChat => &[],
    }
}

/// Whether a platform's files may be fetched from here.
pub(super) fn is_allowed(channel: Channel, url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else {
        return false;
    };
    let known = hosts(channel).iter().any(|known| {
        host.strip_suffix(known)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    });
    let plain = url.username().is_empty() && url.password().is_none();
    url.scheme() == "https" && url.port_or_known_default() == Some(443) && plain && known
}

/// Whether an address is one of the internet, and not of this machine or network or anything that leads there.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

/// Special addresses: RFC 6890 and the IANA registry.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b));
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    if let Some(mapped) = address.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    match segments {
        // NAT64 and 6to4 lead to the IPv4 address they hold.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        [0x64, 0xff9b, ..] | [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] => false,
        // Documentation (RFC 9637).
        [0x3fff, 0..=0xfff, ..] => false,
        // All that is not global unicast: loopback, unspecified, local, multicast, discard, …
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Looks a name up.
pub(super) trait Lookup: Clone + Send + Sync + 'static {
    /// The addresses of a name.
    fn lookup(&self, name: String)
    -> impl Future<Output = std::io::Result<Vec<SocketAddr>>> + Send;
}

/// The system's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct System;

impl Lookup for System {
    async fn lookup(&self, name: String) -> std::io::Result<Vec<SocketAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.collect())
    }
}

/// A name of somebody's leads to an address that is not the internet's.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to an address that is not public")]
pub(super) struct NotPublic;

/// Resolves names to public addresses only; a name that leads to any other is refused as a whole.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublicOnly<L>(pub(super) L);

impl<L: Lookup> Resolve for PublicOnly<L> {
    fn resolve(&self, name: Name) -> Resolving {
        let lookup = self.0.clone();
        Box::pin(async move {
            let found = lookup.lookup(name.as_str().to_owned()).await?;
            if found.is_empty() || !found.iter().all(|address| is_public(address.ip())) {
                return Err(NotPublic.into());
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests;
