//! No name and no notation of an address leads anywhere but to the platforms.

use std::str::FromStr;

use super::*;

fn allowed(channel: Channel, url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| is_allowed(channel, &url))
}

#[test]
fn only_the_platforms_hosts_are_asked_and_only_by_https() {
    for url in [
        "https://lookaside.fbsbx.com/ig_messaging_cdn/?asset_id=1&signature=s",
        "https://scontent.xx.fbcdn.net/v/x.png",
        "https://fbcdn.net/x",
    ] {
        assert!(allowed(Channel::Instagram, url), "{url}");
    }
    for url in [
        "http://lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com:8443/x",
        "https://user:pass@lookaside.fbsbx.com/x",
        "https://user@lookaside.fbsbx.com/x",
        "https://evilfbsbx.com/x",
        "https://fbsbx.com.evil.example/x",
        "https://lookaside.fbsbx.com.evil.example/x",
        "https://evil.example/?u=https://lookaside.fbsbx.com",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "https://0xa9fea9fe/",
        "https://2852039166/",
        "https://localhost/",
        "ftp://lookaside.fbsbx.com/x",
        "file:///etc/passwd",
        "data:text/html,x",
    ] {
        assert!(!allowed(Channel::Instagram, url), "{url}");
    }
    assert!(
        !allowed(Channel::Twitter, "https://lookaside.fbsbx.com/x"),
        "another platform's"
    );
    assert!(!allowed(Channel::WebChat, "https://lookaside.fbsbx.com/x"));
}

#[test]
fn addresses_of_this_machine_and_network_are_not_public() {
    for address in [
        "127.0.0.1",
        "127.8.8.8",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "0.1.2.3",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "192.0.0.1",
        "198.18.0.1",
        "203.0.113.1",
        "192.88.99.1",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::",
        "2001::1",
        "2001:db8::1",
        "100::1",
        "3fff::1",
        "5f00::1",
    ] {
        let address = IpAddr::from_str(address).expect("an address");
        assert!(!is_public(address), "{address}");
    }
    for address in [
        "157.240.0.35",
        "8.8.8.8",
        "2a03:2880:f12f:83:face:b00c::25de",
        "64:ff9b::808:808",
    ] {
        assert!(
            is_public(IpAddr::from_str(address).expect("an address")),
            "{address}"
        );
    }
}

/// Answers each time with the next of its lists.
#[derive(Clone)]
struct Rebinding(std::sync::Arc<std::sync::Mutex<Vec<Vec<&'static str>>>>);

impl Lookup for Rebinding {
    async fn lookup(&self, _: String) -> std::io::Result<Vec<SocketAddr>> {
        let next = self.0.lock().expect("answers").remove(0);
        let of = |ip: &str| SocketAddr::new(IpAddr::from_str(ip).expect("an address"), 0);
        Ok(next.into_iter().map(of).collect())
    }
}

#[tokio::test]
async fn a_name_is_checked_each_time_it_is_asked_for_and_with_all_its_addresses() {
    let answers = vec![
        vec!["157.240.0.35"],
        vec!["169.254.169.254"],
        vec!["157.240.0.35", "127.0.0.1"],
        vec![],
    ];
    let resolver = PublicOnly(Rebinding(std::sync::Arc::new(std::sync::Mutex::new(
        answers,
    ))));
    let mut outcomes = Vec::new();
    for _ in 0..4 {
        let name = Name::from_str("scontent.xx.fbcdn.net").expect("a name");
        outcomes.push(resolver.resolve(name).await.is_ok());
    }
    assert_eq!(outcomes, [true, false, false, false]);
}
