//! The life of a plan as a table: which step leads from where to where.
//!
//! Draft → in review → published; back to draft; withdrawn from anywhere before it counts. Superseded is
//! no step: it follows from the day. What else a step asks for is decided in `decide::lifecycle`.

use super::Status;

/// A step somebody takes with a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Submit,
    Return,
    Approve,
    Withdraw,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Submit, Self::Return, Self::Approve, Self::Withdraw];

    /// Where the step leads from `status`; `None` where it cannot be taken. Whether a published plan
    /// counts already is another question.
    pub fn from(self, status: Status) -> Option<Status> {
        match (self, status) {
            (Self::Submit, Status::Draft) => Some(Status::InReview),
            (Self::Return, Status::InReview) => Some(Status::Draft),
            (Self::Approve, Status::InReview) => Some(Status::Published),
            (Self::Withdraw, Status::Draft | Status::InReview | Status::Published) => {
                Some(Status::Withdrawn)
            }
            (Self::Submit | Self::Return | Self::Approve | Self::Withdraw, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leads_out_of_the_end() {
        for step in Step::ALL {
            assert_eq!(step.from(Status::Withdrawn), None);
            assert_eq!(step.from(Status::Superseded), None);
        }
    }

    #[test]
    fn published_is_reached_through_review_alone() {
        for step in Step::ALL {
            for status in Status::ALL {
                if step.from(status) == Some(Status::Published) {
                    assert_eq!((step, status), (Step::Approve, Status::InReview));
                }
            }
        }
    }
}
