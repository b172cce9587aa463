use crate::{access_control::SingleServer, encoding::EncodeOptions};

/// What a tree holds at most, and how it answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TreeConfig {
    /// Instances of all objects together; 4,096 by default. A Create beyond is answered 5.00.
    pub max_instances: usize,
    /// Instances of one multiple resource that servers may bring it to; 256 by default. Beyond, 4.01.
    pub max_resource_instances: usize,
    /// The payload of a request in bytes; 1 MiB by default. Beyond, 4.13.
    pub max_payload_bytes: usize,
    /// The length of one String, Opaque or Corelnk value that a server writes, in bytes; 1 MiB by default. Beyond, 4.13.
    pub max_value_bytes: usize,
    /// What the values take in memory, in bytes, of all instances that servers have created or written; 8 MiB by default.
    /// Beyond, 4.13.
    pub max_written_bytes: usize,
    /// The values in one request, and the paths in one composite request; 4,096 by default. Beyond, 4.13.
    pub max_records: usize,
    /// The payload of an answer in bytes; 1 MiB by default. Beyond, 5.00.
    pub max_answer_bytes: usize,
    /// The changes that are kept apart for [`Tree::poll_change`](super::Tree::poll_change); 256 by default. Beyond, those
    /// of an instance become one, and in the end all become one of the root.
    pub max_changes: usize,
    /// Whether the Access Control object applies while there is one server account. By default it does not.
    pub single_server: SingleServer,
    /// How answers and notifications are written.
    pub encoding: EncodeOptions,
}

impl Default for TreeConfig {
    fn default() -> Self {
        Self {
            max_instances: 4096,
            max_resource_instances: 256,
            max_payload_bytes: 1 << 20,
            max_value_bytes: 1 << 20,
            max_written_bytes: 8 << 20,
            max_records: 4096,
            max_answer_bytes: 1 << 20,
            max_changes: 256,
            single_server: SingleServer::default(),
            encoding: EncodeOptions::default(),
        }
    }
}
