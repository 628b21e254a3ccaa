//! Who may do what. Until accounts exist there is one kind of caller, on this machine, who may do all.
//!
//! **Why** a type already: `decide` asks it, so roles can come in without a new parameter anywhere.

/// Who acts. The name goes into the log, never into a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub name: Box<str>,
    pub role: Role,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The command line, or a caller on the loopback address before the first account exists.
    Local,
}

impl Actor {
    /// Longest name taken from a header, in characters.
    pub const MAX_NAME: usize = 64;

    /// A local caller; an empty or overlong name becomes `local`.
    pub fn local(name: &str) -> Self {
        let name = name.trim();
        let fits = !name.is_empty()
            && name.chars().count() <= Self::MAX_NAME
            && !name.chars().any(char::is_control);
        Self { name: if fits { name.into() } else { "local".into() }, role: Role::Local }
    }
}

/// Whether `actor` may change the registers by imports and settings.
pub fn may_import(actor: &Actor) -> bool {
    match actor.role {
        Role::Local => true,
    }
}

/// Whether `actor` may start and edit drafts.
pub fn may_edit(actor: &Actor) -> bool {
    match actor.role {
        Role::Local => true,
    }
}
