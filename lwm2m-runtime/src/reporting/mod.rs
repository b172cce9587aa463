//! Floor 3: when a client notifies whom (LwM2M Core 1.2, sections 5.1.2, 6.4 and 7.3.2). No clock, no messages: samples
//! and instants in, decisions out.
//!
//! | file | what |
//! |---|---|
//! | `attached` | the attributes that a server has attached to paths, and what of them applies to an observation |
//! | `conditions` | what applies, made ready to be asked |
//! | `sample` | a value as far as conditions look at it, compared exactly |
//! | `evaluator` | one observed path over time |
//! | `observation` | all paths of an observation, and how it notifies |
//! | `history` | what fell due while the server could not be reached |
//!
//! 1. The attributes of an Observe, or those that apply to its path, become [`Conditions`].
//! 2. Each new value of the path is a [`Sample`], told to the [`Observation`].
//! 3. [`Observation::poll`] says whether to notify now, when to ask again, or that there is nothing to wait for.
//! 4. After a notification [`Observation::notified`] begins all periods anew.

mod attached;
mod conditions;
mod evaluator;
mod history;
mod observation;
mod sample;

pub use attached::{AttachError, AttachedAttributes, ServerDefaults};
pub use conditions::{Conditions, Observed};
pub use evaluator::{Decision, Evaluator};
pub use history::{History, Retention};
pub use observation::{CONFIRMABLE_REFRESH, Observation};
pub use sample::Sample;
