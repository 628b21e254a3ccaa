//! Made-up Chinese names for places, put together from two characters. No name of a person is here.
//!
//! **Why** pairs: thirty by thirty gives nine hundred names that sound right and mean no place.

const FIRST: [&str; 30] = [
    "青", "明", "春", "和", "安", "永", "长", "新", "丰", "景", "瑞", "翠", "云", "福", "文", "华",
    "清", "秀", "锦", "百", "广", "平", "兴", "宁", "乐", "德", "光", "怡", "凤", "金",
];

const SECOND: [&str; 30] = [
    "松", "月", "风", "园", "泰", "泉", "康", "桥", "湖", "山", "林", "河", "庄", "苑", "塘", "柳",
    "桃", "梅", "竹", "兰", "荷", "槐", "榆", "枫", "桂", "棠", "杏", "麓", "溪", "川",
];

const ESTATES: [&str; 12] =
    ["花园", "家园", "小区", "新村", "雅苑", "名邸", "公寓", "佳苑", "华庭", "里", "新城", "南苑"];

/// Two characters; the first 900 numbers give 900 different pairs, neighbours unlike each other.
pub fn pair(number: usize) -> String {
    let first = number % FIRST.len();
    let second = (number / FIRST.len() + first * 7) % SECOND.len();
    format!("{}{}", FIRST[first], SECOND[second])
}

pub fn community(number: usize) -> String {
    format!("{}社区", pair(number))
}

pub fn estate(number: usize) -> String {
    format!("{}{}", pair(number * 11 + 5), ESTATES[number % ESTATES.len()])
}

pub fn street(number: usize) -> String {
    let kind = ["路", "街", "路", "大道"][number % 4];
    format!("{}{kind}", pair(number * 17 + 3))
}

/// `第一网格` and on, up to 99.
pub fn grid(number: usize) -> String {
    format!("第{}网格", numeral(number))
}

/// 1 to 99 in Chinese numerals.
pub fn numeral(number: usize) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    match (number / 10, number % 10) {
        (0, ones) => DIGITS[ones].to_string(),
        (1, ones) => format!("十{}", DIGITS[ones]),
        (tens, ones) => format!("{}十{}", DIGITS[tens % 10], DIGITS[ones]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_differ() {
        let names: std::collections::BTreeSet<String> = (0..900).map(pair).collect();
        assert_eq!(names.len(), 900);
    }

    #[test]
    fn numerals_read_well() {
        assert_eq!([1, 10, 11, 20, 35].map(numeral), ["一", "十", "十一", "二十", "三十五"]);
    }
}
