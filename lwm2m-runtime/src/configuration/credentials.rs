use alloc::{string::String, vec::Vec};
use core::fmt;

use super::Values;
use crate::{
    model::{Path, Value, Version},
    objects::{Lwm2mSecurity, o0_v1_2::SecurityMode},
};

/// How a client secures its connection to a server: resources 2 to 5 of the Security object (LwM2M Core 1.2, appendix
/// E.1). What a mode does not use is left out.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Credentials {
    /// Not at all, or by OSCORE alone.
    NoSec,
    /// A pre-shared key.
    PreSharedKey {
        /// The identity by which the server knows the key; up to 128 bytes.
        identity: Vec<u8>,
        /// The key; 16 to 64 bytes.
        key: Vec<u8>,
    },
    /// Raw public keys (RFC 7250).
    RawPublicKey {
        /// The client's public key: a SubjectPublicKeyInfo in DER.
        public_key: Vec<u8>,
        /// The client's private key: a OneAsymmetricKey in DER.
        private_key: Vec<u8>,
        /// The server's public key: a SubjectPublicKeyInfo in DER.
        server_public_key: Vec<u8>,
    },
    /// X.509 certificates.
    Certificate {
        /// The client's certificate in DER; empty for the one that EST gives.
        certificate: Vec<u8>,
        /// The client's private key: a OneAsymmetricKey in DER; empty for the one that EST gives.
        private_key: Vec<u8>,
        /// The server's certificate, or that of an authority, in DER.
        server_certificate: Vec<u8>,
    },
    /// X.509 certificates, where the client gets its own by Enrolment over Secure Transport.
    Est {
        /// The server's certificate, or that of an authority, in DER.
        server_certificate: Vec<u8>,
    },
}

impl Credentials {
    /// Puts them into an instance of the Security object.
    pub fn apply(&self, security: &mut Lwm2mSecurity) {
        let (mode, own, server, secret) = match self {
            Self::NoSec => (SecurityMode::NO_SEC, None, None, None),
            Self::PreSharedKey { identity, key } => {
                (SecurityMode::PRE_SHARED_KEY, Some(identity), None, Some(key))
            }
            Self::RawPublicKey {
                public_key,
                private_key,
                server_public_key,
            } => (
                SecurityMode::RAW_PUBLIC_KEY,
                Some(public_key),
                Some(server_public_key),
                Some(private_key),
            ),
            Self::Certificate {
                certificate,
                private_key,
                server_certificate,
            } => (
                SecurityMode::CERTIFICATE,
                Some(certificate),
                Some(server_certificate),
                Some(private_key),
            ),
            Self::Est { server_certificate } => (
                SecurityMode::CERTIFICATE_WITH_EST,
                None,
                Some(server_certificate),
                None,
            ),
        };
        security.security_mode = Some(mode);
        security.public_key_or_identity = own.cloned();
        security.server_public_key = server.cloned();
        security.secret_key = secret.cloned();
    }
}

impl fmt::Debug for Credentials {
    /// The mode alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSec => "NoSec",
            Self::PreSharedKey { .. } => "PreSharedKey",
            Self::RawPublicKey { .. } => "RawPublicKey",
            Self::Certificate { .. } => "Certificate",
            Self::Est { .. } => "Est",
        })
    }
}

/// A context of OSCORE, seen from the client: an instance of object 21 (LwM2M Core 1.2, appendix E.4; RFC 8613).
#[derive(Clone, PartialEq, Eq)]
pub struct Oscore {
    /// The secret that all keys are derived from.
    pub master_secret: Vec<u8>,
    /// The client's sender identifier. Clients of LwM2M 1.1 take text only.
    pub sender_id: Vec<u8>,
    /// The client's recipient identifier. Clients of LwM2M 1.1 take text only.
    pub recipient_id: Vec<u8>,
    /// The authenticated encryption by its COSE number; AES-CCM-16-64-128 without one.
    pub aead_algorithm: Option<i64>,
    /// The key derivation by its COSE number; HKDF with SHA-256 without one.
    pub hmac_algorithm: Option<i64>,
    /// The salt; empty without one.
    pub master_salt: Option<Vec<u8>>,
    /// The context of the identifiers (LwM2M 1.2).
    pub id_context: Option<Vec<u8>>,
}

impl Oscore {
    /// A context with the algorithms that everybody has.
    #[must_use]
    pub fn new(
        master_secret: impl Into<Vec<u8>>,
        sender_id: impl Into<Vec<u8>>,
        recipient_id: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            master_secret: master_secret.into(),
            sender_id: sender_id.into(),
            recipient_id: recipient_id.into(),
            aead_algorithm: None,
            hmac_algorithm: None,
            master_salt: None,
            id_context: None,
        }
    }

    /// Adds the values of an instance, in the types of the version of LwM2M that the client speaks.
    pub(super) fn write(&self, instance: u16, version: Version, values: &mut Values) {
        // Version 2.0 of the object, of LwM2M 1.2, made the identifiers opaque.
        let identifier = |bytes: &[u8]| match String::from_utf8(bytes.to_vec()) {
            Ok(text) if version < Version::V1_2 => Value::String(text),
            _ => Value::Opaque(bytes.to_vec()),
        };
        let all = [
            (0, Some(Value::Opaque(self.master_secret.clone()))),
            (1, Some(identifier(&self.sender_id))),
            (2, Some(identifier(&self.recipient_id))),
            (3, self.aead_algorithm.map(Value::Integer)),
            (4, self.hmac_algorithm.map(Value::Integer)),
            (5, self.master_salt.clone().map(Value::Opaque)),
            (6, self.id_context.clone().map(Value::Opaque)),
        ];
        for (resource, value) in all {
            if let Some(value) = value {
                values.set(Path::resource(21, instance, resource), value);
            }
        }
    }
}

impl fmt::Debug for Oscore {
    /// The identifiers, without secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oscore")
            .field("sender_id", &self.sender_id)
            .field("recipient_id", &self.recipient_id)
            .finish_non_exhaustive()
    }
}
