use std::collections::BTreeSet;

/// One testable rule of the protocol.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Requirement {
    /// Its stable name: a prefix and a number, such as `ENC-TLV-03`. Never reused.
    pub id: String,
    /// The first version of LwM2M with the rule.
    pub since: String,
    /// Who must behave so.
    pub role: String,
    /// The part of the protocol.
    pub interface: String,
    /// How binding it is.
    pub level: Level,
    /// The rule.
    pub requirement: String,
}

/// How binding a requirement is. `(u)` stands for a rule whose source is unverified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Level {
    /// Required.
    #[serde(rename = "must")]
    Must,
    /// Required, unverified.
    #[serde(rename = "must(u)")]
    MustUnverified,
    /// Recommended.
    #[serde(rename = "should")]
    Should,
    /// Recommended, unverified.
    #[serde(rename = "should(u)")]
    ShouldUnverified,
    /// Optional.
    #[serde(rename = "may")]
    May,
    /// Optional, unverified.
    #[serde(rename = "may(u)")]
    MayUnverified,
}

impl Level {
    /// Whether the rule is required.
    #[must_use]
    pub const fn is_must(self) -> bool {
        matches!(self, Self::Must | Self::MustUnverified)
    }

    /// As the ledger's file writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::MustUnverified => "must(u)",
            Self::Should => "should",
            Self::ShouldUnverified => "should(u)",
            Self::May => "may",
            Self::MayUnverified => "may(u)",
        }
    }
}

impl Requirement {
    /// The identifier without its number: `ENC-TLV` of `ENC-TLV-03`.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.id.rsplit_once('-').map_or("", |(prefix, _)| prefix)
    }

    /// The rows of the ledger's file, or the line and the kind of the first mistake.
    pub(super) fn parse_all(text: &str) -> Result<Vec<Self>, (usize, String)> {
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let mut rows = Vec::<Self>::new();
        let mut seen = BTreeSet::new();
        for row in reader.deserialize::<Self>() {
            let row = row.map_err(|error| {
                let line = error.position().map_or(1, csv::Position::line);
                (usize::try_from(line).unwrap_or(usize::MAX), error.to_string())
            })?;
            let line = rows.len() + 2;
            if !is_id(&row.id) {
                return Err((
                    line,
                    format!("`{}` is not a prefix, a hyphen and a number", row.id),
                ));
            }
            if !seen.insert(row.id.clone()) {
                return Err((
                    line,
                    format!("`{}` is there twice; numbers are never reused", row.id),
                ));
            }
            rows.push(row);
        }
        Ok(rows)
    }
}

fn is_id(id: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    id.rsplit_once('-').is_some_and(|(prefix, number)| {
        prefix.split('-').all(is_word)
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
