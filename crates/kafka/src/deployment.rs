//! The publisher's configuration as a deployment's settings give it.

use tributary_edge::settings::{KafkaAuth as AuthSetting, KafkaSettings};

use crate::settings::{KafkaAuth, KafkaConfig};

impl KafkaConfig {
    /// From the settings and the region, which Lambda names in `AWS_REGION`.
    #[must_use]
    pub fn from_settings(settings: KafkaSettings, region: &str) -> Self {
        let KafkaSettings {
            bootstrap,
            auth,
            ca_file,
            tickets_topic,
            messages_topic,
        } = settings;
        let auth = match auth {
            AuthSetting::Iam => KafkaAuth::Iam {
                region: region.to_owned(),
                ca_file,
            },
            AuthSetting::None => KafkaAuth::None,
        };
        Self {
            bootstrap,
            auth,
            tickets_topic,
            messages_topic,
        }
    }
}
