//! A listener as MSK has it for IAM: TLS, and OAUTHBEARER with tokens that are signed URLs. Its broker's
//! half is tests/engines/java/MskIam.java.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use tokio::process::Command;
use tributary_local::emulator::REGION;

/// As often as a client has to prove itself anew.
const SESSION_MS: u32 = 4_000;
const STORE_PASSWORD: &str = "only-for-tests";

/// Where it listens, and the files that it shares with the broker.
#[derive(Debug, Clone)]
pub struct Iam {
    address: String,
    access_key: String,
    key_store: PathBuf,
    ca: PathBuf,
    log: PathBuf,
    refuse: PathBuf,
}

impl Iam {
    /// Makes a certificate authority, and a certificate for 127.0.0.1 that it signed.
    pub(super) async fn prepare(dir: &Path, port: u16, access_key: &str) -> Result<Self> {
        let iam = Self {
            address: format!("127.0.0.1:{port}"),
            access_key: access_key.to_owned(),
            key_store: dir.join("broker.p12"),
            ca: dir.join("ca.pem"),
            log: dir.join("tokens"),
            refuse: dir.join("refuse"),
        };
        std::fs::write(&iam.log, "")?;
        let key = ["-genkeypair", "-keyalg", "EC", "-validity", "2"];
        let ca = ["-alias", "ca", "-dname", "CN=Tests", "-ext", "bc:c"];
        iam.keytool(&[&key[..], &ca].concat()).await?;
        let broker = ["-alias", "broker", "-dname", "CN=broker", "-signer", "ca"];
        let name = ["-ext", "san=ip:127.0.0.1"];
        iam.keytool(&[&key[..], &broker, &name].concat()).await?;
        let pem = iam.ca.display().to_string();
        iam.keytool(&["-exportcert", "-rfc", "-alias", "ca", "-file", &pem])
            .await?;
        // The broker must have one key to choose from.
        iam.keytool(&["-delete", "-alias", "ca"]).await?;
        Ok(iam)
    }

    async fn keytool(&self, arguments: &[&str]) -> Result<()> {
        let done = Command::new("keytool")
            .args(arguments)
            .args(["-storepass", STORE_PASSWORD, "-keystore"])
            .arg(&self.key_store)
            .stdin(Stdio::null())
            .output()
            .await
            .context("cannot run keytool")?;
        ensure!(
            done.status.success(),
            "keytool {arguments:?}: {}",
            String::from_utf8_lossy(&done.stdout)
        );
        Ok(())
    }

    /// What clients set as `bootstrap.servers`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Who signed its certificate.
    #[must_use]
    pub fn ca(&self) -> &Path {
        &self.ca
    }

    pub(super) fn properties(&self) -> String {
        let Self {
            address: _,
            access_key,
            key_store,
            ca: _,
            log,
            refuse,
        } = self;
        let (key_store, log, refuse) = (key_store.display(), log.display(), refuse.display());
        let listener = "listener.name.iam";
        format!(
            "{listener}.ssl.keystore.type=PKCS12\n\
             {listener}.ssl.keystore.location={key_store}\n\
             {listener}.ssl.keystore.password={STORE_PASSWORD}\n\
             {listener}.sasl.enabled.mechanisms=OAUTHBEARER\n\
             {listener}.oauthbearer.sasl.server.callback.handler.class=MskIam\n\
             {listener}.oauthbearer.sasl.login.callback.handler.class=MskIam\n\
             {listener}.oauthbearer.connections.max.reauth.ms={SESSION_MS}\n\
             {listener}.oauthbearer.sasl.jaas.config=\
             org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
             region=\"{REGION}\" accessKey=\"{access_key}\" log=\"{log}\" refuse=\"{refuse}\";\n"
        )
    }

    /// Lets nobody in any more, as when a policy was taken away, or everybody again.
    ///
    /// # Errors
    /// The system's.
    pub fn refuse(&self, refuse: bool) -> Result<()> {
        if refuse {
            Ok(std::fs::write(&self.refuse, "")?)
        } else {
            Ok(std::fs::remove_file(&self.refuse)?)
        }
    }

    /// What the broker said to each token: a line that begins with `accepted` or `refused`.
    ///
    /// # Errors
    /// The system's.
    pub fn verdicts(&self) -> Result<Vec<String>> {
        let log = std::fs::read_to_string(&self.log)?;
        Ok(log.lines().map(str::to_owned).collect())
    }

    /// Waits until the broker has said `more` times more than in `before` something that begins so.
    ///
    /// # Errors
    /// When it does not.
    pub async fn says(&self, more: usize, before: &[String], what: &str) -> Result<()> {
        let end = Instant::now() + Duration::from_secs(60);
        loop {
            let verdicts = self.verdicts()?;
            let new = verdicts.iter().skip(before.len());
            if new.filter(|v| v.starts_with(what)).count() >= more {
                return Ok(());
            }
            ensure!(
                Instant::now() < end,
                "the broker has not {what} {more} tokens: {verdicts:#?}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
