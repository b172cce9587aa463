//! Floor 1: CoRE links (RFC 6690) as LwM2M uses them, content format 40: the object list of a registration, the
//! answers of Discover and Bootstrap-Discover, and values of type Corelnk.
//!
//! [`Links`] reads any list of links without copying. [`ObjectLink`] is a link with its target as a
//! [`Path`](crate::model::Path) and its parameters as [`LinkAttributes`]; [`LinkWriter`] writes both.
//!
//! ```
//! use lwm2m_runtime::{
//!     link::{Links, ObjectLink},
//!     model::Path,
//! };
//!
//! for link in Links::new("</3/0>;pmin=10;pmax=60,</3/0/6>;dim=2") {
//!     let link = ObjectLink::read(link?)?;
//!     println!("{}: pmin {:?}", link.path, link.attributes.notification.pmin);
//! }
//! # Ok::<(), Box<dyn core::error::Error>>(())
//! ```

mod attributes;
mod changes;
mod error;
mod notification;
mod object_link;
mod read;
mod write;

pub use attributes::LinkAttributes;
pub use changes::{Attribute, AttributeChanges};
pub use error::{AttributeError, LinkError, LinkErrorKind};
pub use notification::NotificationAttributes;
pub use object_link::{ALTERNATE_PATH, ObjectLink};
pub use read::{Link, Links, Parameter, Parameters, ParametersIter};
pub use write::LinkWriter;
