//! Loopback ports: the one that people type, and free ones for everything else.
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use tokio::net::TcpListener;

/// Why the workbench's port cannot be served. The text is what the person who typed `make run` reads.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// Another program listens there: stop it, or choose another port.
    #[error(
        "port {port} is in use on this machine; stop the program that listens there, or start with another port: PORT={other} make run"
    )]
    InUse {
        /// The port that was asked for.
        port: u16,
        /// A port that was free a moment ago.
        other: u16,
    },
    /// The system refuses this port (ports below 1024 often need root).
    #[error("port {port} cannot be opened ({source}); choose another one: PORT=8787 make run")]
    Refused {
        /// The port that was asked for.
        port: u16,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Listens on `127.0.0.1:port`; 0 takes a free port.
///
/// # Errors
/// [`PortError::InUse`] when another program has the port, [`PortError::Refused`] for anything else.
pub async fn listen(port: u16) -> Result<TcpListener, PortError> {
    let address = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, port));
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Err(PortError::InUse {
            port,
            other: free_port().unwrap_or(8788),
        }),
        Err(source) => Err(PortError::Refused { port, source }),
    }
}

/// A loopback port that is free now, for a child process that has to be told its port.
///
/// # Errors
/// The system's, when it has no port left.
pub fn free_port() -> std::io::Result<u16> {
    let probe = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(probe.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_busy_port_is_named_together_with_a_command_that_works() {
        let first = listen(0).await.expect("a free port");
        let port = first.local_addr().expect("address").port();
        let sentence = listen(port)
            .await
            .expect_err("the port is taken")
            .to_string();
        assert!(
            sentence.contains(&format!("port {port} is in use")),
            "{sentence}"
        );
        let other = sentence
            .split("PORT=")
            .nth(1)
            .and_then(|rest| rest.split(' ').next())
            .and_then(|number| number.parse().ok())
            .expect("a port to use instead");
        listen(other)
            .await
            .expect("the port that the sentence offers");
    }

    #[tokio::test]
    async fn only_loopback_is_listened_on() {
        let listener = listen(0).await.expect("a free port");
        assert!(listener.local_addr().expect("address").ip().is_loopback());
    }
}
