//! Versions of LwM2M and of objects (facts of section 10): what differs between sessions of one server, and definitions.
//!
//! | file | what |
//! |---|---|
//! | `changes` | what came with LwM2M 1.2.1 |
//! | `definitions` | objects in several versions, of none, and what definitions ask of values and instances |

mod changes;
mod definitions;
