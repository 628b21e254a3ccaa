//! The only maker of [`Shown`]: what of a tally may leave the house.
//!
//! Members: cells under [`K_MEMBERS`] (zero too) are shown as "below ten"; when one cell of a community's
//! table could then be told by subtraction, the smallest cells still shown are hidden with it, until
//! none can (P4, P5 of the domain paper). Buildings, dwellings, households and persons are exact.
//!
//! **Why** here: raw counts have no wire form, so a reply cannot forget to ask.

use super::measure::Count;
use super::tally::Tally;

/// Smallest member count that is shown.
pub const K_MEMBERS: i64 = 10;

/// A number as it may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Number(i64),
    /// Fewer than this, zero included.
    Below(i64),
    /// Not shown because another cell would follow from it.
    Hidden,
}

/// A tally as it may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownTally {
    pub buildings: Shown,
    pub dwellings: Shown,
    pub households: Shown,
    pub persons: Shown,
    pub members: Shown,
}

/// The rows of one community (its grids and what has no grid) and their total, as they may be seen.
///
/// In: raw tallies of all rows. Out: the same rows, then the total. Cost: O(n log n).
/// Where the whole table holds no member at all there is nothing to protect and zeros are shown.
pub fn community_table(rows: &[Tally]) -> (Vec<ShownTally>, ShownTally) {
    let total: Tally = rows.iter().copied().sum();
    let members: Vec<i64> = rows.iter().map(|row| row.members_in_all().get()).collect();
    let (shown_members, shown_total) = protect(&members, total.members_in_all().get());
    let shown = rows.iter().zip(shown_members).map(|(row, members)| open(row, members)).collect();
    (shown, open(&total, shown_total))
}

/// The total of an area as it may be seen, and what it must go on hiding from wider areas.
#[derive(Clone, Debug)]
pub struct RolledUp {
    pub shown: ShownTally,
    total: Tally,
    /// Member counts below this area that no shown total has told yet.
    secrets: Vec<i64>,
}

impl RolledUp {
    /// A community from the rows of its table.
    pub fn community(rows: &[Tally]) -> Self {
        let (_, shown) = community_table(rows);
        let total: Tally = rows.iter().copied().sum();
        let secrets = match shown.members {
            Shown::Number(_) => Vec::new(),
            Shown::Below(_) | Shown::Hidden => vec![total.members_in_all().get()],
        };
        Self { shown, total, secrets }
    }

    /// A wider area over its parts. Its total tells the sum of what its parts hide, so it is shown only
    /// where that sum is spread over two of them at least and is neither small nor at its upper limit.
    pub fn over<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut total = Tally::default();
        let mut secrets: Vec<i64> = Vec::new();
        for part in parts {
            total += part.total;
            secrets.extend(&part.secrets);
        }
        let members = total.members_in_all().get();
        let sum: i64 = secrets.iter().sum();
        let top = (K_MEMBERS - 1) * secrets.len() as i64;
        let is_safe = secrets.is_empty() || (secrets.len() >= 2 && sum >= K_MEMBERS && sum < top);
        let shown = match is_safe {
            true => Shown::Number(members),
            false if members < K_MEMBERS => Shown::Below(K_MEMBERS),
            false => Shown::Hidden,
        };
        if is_safe {
            secrets.clear();
        }
        Self { shown: open(&total, shown), total, secrets }
    }
}

/// `tally` without its members: for plans that are not in force, whose statistics would tell single
/// persons by comparison (P6).
pub fn without_members(tally: &Tally) -> ShownTally {
    open(tally, Shown::Hidden)
}

/// A tally seen exactly: for the data office at the command line.
pub fn exact(tally: &Tally) -> ShownTally {
    open(tally, Shown::Number(tally.members_in_all().get()))
}

fn open(tally: &Tally, members: Shown) -> ShownTally {
    let Tally { buildings, dwellings, households, persons, members: _ } = *tally;
    let number = |count: Count| Shown::Number(count.get());
    ShownTally {
        buildings: number(buildings),
        dwellings: number(dwellings),
        households: number(households),
        persons: number(persons),
        members,
    }
}

/// One line of cells with a known total: primary cells below k, then as many of the smallest others as
/// are needed so that neither one hidden cell nor the sum of the hidden ones gives anything away.
fn protect(cells: &[i64], total: i64) -> (Vec<Shown>, Shown) {
    if total == 0 {
        return (vec![Shown::Number(0); cells.len()], Shown::Number(0));
    }
    if total < K_MEMBERS {
        return (vec![Shown::Below(K_MEMBERS); cells.len()], Shown::Below(K_MEMBERS));
    }
    let mut shown: Vec<Shown> = cells
        .iter()
        .map(|&n| if n < K_MEMBERS { Shown::Below(K_MEMBERS) } else { Shown::Number(n) })
        .collect();
    let mut n_hidden = shown.iter().filter(|cell| matches!(cell, Shown::Below(_))).count();
    if n_hidden == 0 {
        return (shown, Shown::Number(total));
    }
    let mut hidden_sum: i64 = cells.iter().filter(|&&n| n < K_MEMBERS).sum();
    let mut by_size: Vec<usize> = (0..cells.len()).filter(|&i| cells[i] >= K_MEMBERS).collect();
    by_size.sort_by_key(|&i| (cells[i], i));
    // The reader knows the hidden cells' sum. It must be spread over two cells at least and reach k,
    // and must not sit at the top of what the bands allow, where every cell would be k - 1.
    for i in by_size {
        let top = (K_MEMBERS - 1) * n_hidden as i64;
        let has_free_cell = shown.iter().any(|cell| matches!(cell, Shown::Hidden));
        if n_hidden >= 2 && hidden_sum >= K_MEMBERS && (has_free_cell || hidden_sum < top) {
            break;
        }
        shown[i] = Shown::Hidden;
        hidden_sum += cells[i];
        n_hidden += 1;
    }
    let is_safe = n_hidden >= 2 && hidden_sum >= K_MEMBERS;
    (shown, if is_safe { Shown::Number(total) } else { Shown::Hidden })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(members: i64) -> Tally {
        let mut tally = Tally::default();
        tally.members[0] = Count(members);
        tally
    }

    fn check(members: &[i64], expected: &[Shown], total: Shown) {
        let rows: Vec<Tally> = members.iter().map(|&n| tally(n)).collect();
        let (shown, shown_total) = community_table(&rows);
        let shown: Vec<Shown> = shown.iter().map(|row| row.members).collect();
        assert_eq!((shown.as_slice(), shown_total.members), (expected, total), "{members:?}");
    }

    #[test]
    fn small_cells_are_masked_and_cannot_be_subtracted() {
        use Shown::{Below, Hidden, Number};
        check(&[0, 0], &[Number(0), Number(0)], Number(0));
        check(&[3, 4], &[Below(10), Below(10)], Below(10));
        check(&[12, 15], &[Number(12), Number(15)], Number(27));
        check(&[0, 40, 12], &[Below(10), Number(40), Hidden], Number(52));
        check(&[4, 7, 40], &[Below(10), Below(10), Number(40)], Number(51));
        check(&[1, 2, 40, 30], &[Below(10), Below(10), Number(40), Hidden], Number(73));
        check(&[9, 9, 40, 30], &[Below(10), Below(10), Number(40), Hidden], Number(88));
        check(&[5], &[Below(10)], Below(10));
        check(&[25, 0], &[Hidden, Below(10)], Number(25));
    }

    #[test]
    fn totals_of_wider_areas_tell_no_hidden_part() {
        use Shown::{Below, Hidden, Number};
        let community = |members: &[i64]| {
            let rows: Vec<Tally> = members.iter().map(|&n| tally(n)).collect();
            RolledUp::community(&rows)
        };
        let check = |parts: &[RolledUp], expected: Shown| {
            let over = RolledUp::over(parts);
            assert_eq!(over.shown.members, expected, "{parts:?}");
            over
        };
        check(&[community(&[12, 15]), community(&[20])], Number(47));
        check(&[community(&[0]), community(&[0, 0])], Number(0));
        check(&[community(&[2]), community(&[3])], Below(10));
        let one_secret = check(&[community(&[4]), community(&[50])], Hidden);
        let two_secrets = check(&[community(&[6]), community(&[7]), community(&[50])], Number(63));
        check(&[one_secret.clone(), two_secrets], Hidden);
        check(&[one_secret.clone(), one_secret], Hidden);
        check(&[community(&[9]), community(&[9])], Hidden);
    }
}
