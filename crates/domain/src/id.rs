//! Typed identifiers. Ours are a prefix and a ULID in lower case; clients treat them as opaque.

use std::fmt;

use crate::time::Timestamp;

/// The text is not an identifier of the expected kind. The text itself is never repeated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected {expected}")]
pub struct InvalidId {
    /// What would have been valid.
    pub expected: &'static str,
}

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn is_ulid(text: &str) -> bool {
    text.len() == 26
        && text.as_bytes()[0] <= b'7'
        && text
            .bytes()
            .all(|b| !b.is_ascii_uppercase() && CROCKFORD.contains(&b.to_ascii_uppercase()))
}

macro_rules! prefixed_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $expected:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Makes an identifier from the time and 80 random bits.
            #[must_use]
            pub fn generate(now: Timestamp, random: u128) -> Self {
                let millis = u64::try_from(now.as_millis()).unwrap_or(0);
                Self(format!(concat!($prefix, "{}"), ulid::Ulid::from_parts(millis, random).to_string().to_lowercase()))
            }

            /// When it was made, by the clock of whoever made it.
            #[must_use]
            pub fn created_at(&self) -> Timestamp {
                let ulid = self.0.get($prefix.len()..).and_then(|text| text.parse::<ulid::Ulid>().ok());
                let millis = ulid.and_then(|ulid| i64::try_from(ulid.timestamp_ms()).ok());
                Timestamp::from_millis(millis.unwrap_or(0))
            }

            /// Reads an identifier back.
            ///
            /// # Errors
            /// [`InvalidId`] when the prefix or the ULID is not right.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                match text.strip_prefix($prefix) {
                    Some(rest) if is_ulid(rest) => Ok(Self(text.to_owned())),
                    _ => Err(InvalidId { expected: $expected }),
                }
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

prefixed_id!(
    /// A ticket.
    TicketId, "tkt_", "a ticket id: tkt_ and 26 characters"
);
prefixed_id!(
    /// A customer.
    CustomerId, "cust_", "a customer id: cust_ and 26 characters"
);
prefixed_id!(
    /// An entry of a ticket's timeline.
    MessageId, "msg_", "a message id: msg_ and 26 characters"
);
prefixed_id!(
    /// An event, the key by which consumers drop repetitions.
    EventId, "evt_", "an event id: evt_ and 26 characters"
);
prefixed_id!(
    /// A file that belongs to a message.
    AttachmentId, "att_", "an attachment id: att_ and 26 characters"
);

/// An agent: the `sub` of a Cognito user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AgentId(String);

impl AgentId {
    /// Takes a Cognito `sub`: 1 to 128 printable ASCII characters without blanks.
    ///
    /// # Errors
    /// [`InvalidId`] otherwise.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId {
                expected: "an agent id: the sub of a Cognito user",
            })
        }
    }

    /// The `sub`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What people call a ticket on the phone and in mail subjects: eight Crockford characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference(String);

impl Reference {
    /// Makes a reference from 40 random bits.
    #[must_use]
    pub fn generate(random: u128) -> Self {
        let digits = (0..8).map(|i| char::from(CROCKFORD[((random >> (5 * i)) & 31) as usize]));
        Self(digits.collect())
    }

    /// Reads a reference as stored: eight Crockford characters in upper case.
    ///
    /// # Errors
    /// [`InvalidId`] otherwise.
    pub fn parse(text: &str) -> Result<Self, InvalidId> {
        if text.len() == 8 && text.bytes().all(|b| CROCKFORD.contains(&b)) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidId {
                expected: "a reference: eight characters of 0-9 and A-Z without I, L, O and U",
            })
        }
    }

    /// The eight characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_id_of_one_kind_is_not_one_of_another() {
        let ticket = TicketId::generate(Timestamp::from_millis(1), 7);
        assert_eq!(ticket.as_str().len(), 30);
        assert!(CustomerId::parse(ticket.as_str()).is_err());
        assert!(TicketId::parse("tkt_").is_err());
        assert!(
            TicketId::parse("tkt_01ARZ3NDEKTSV4RRFFQ69G5FAV").is_err(),
            "upper case is not ours"
        );
        assert!(
            TicketId::parse("tkt_81arz3ndektsv4rrffq69g5fav").is_err(),
            "overflows a ULID"
        );
    }

    proptest! {
        #[test]
        fn ids_and_references_read_back(millis in 0i64..253_402_128_000_000, random: u128) {
            let id = MessageId::generate(Timestamp::from_millis(millis), random);
            prop_assert_eq!(MessageId::parse(id.as_str()), Ok(id));
            let reference = Reference::generate(random);
            prop_assert_eq!(Reference::parse(reference.as_str()), Ok(reference));
        }

        #[test]
        fn no_text_makes_parsing_panic(text in ".*") {
            let _ = TicketId::parse(&text);
            let _ = Reference::parse(&text);
            let _ = AgentId::parse(&text);
        }
    }
}
