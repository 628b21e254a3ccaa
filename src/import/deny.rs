//! The deny list of personal columns (`DOMAIN.md` P2): which headers are dropped on sight.
//!
//! A dropped column is named in the report; its values are never mapped, stored, shown or logged.
//! No option lifts it. Columns that are merely unknown are ignored, which stores as little but is
//! said in other words.
//!
//! **Why** Chinese needles by substring, English ones by whole word: Chinese headers have no word
//! borders (`户主身份证号`), while `age` hides in `village` and `tel` in `hotel`. What is about a thing or
//! an office stays: `社区名称`, a building's `name`, the work phone of a grid.

use super::columns;
use crate::domain::register::rows::ImportKind;

/// Dropped from every file.
const ALWAYS_ZH: &str = "身份证 证件 护照 户主 业主 房主 产权人 承租人 租客 居民姓名 政治面貌 民族 国籍 \
    宗教 信仰 健康 残疾 疾病 病史 患病 慢病 精神障碍 犯罪 矫正 吸毒 戒毒 涉毒 \
    刑满 前科 重点人 重点类别 重点对象 信访 上访 收入 纳税 社保 医保 参保 征信 \
    信用 低保 贫困 低收入 婚姻 婚育 生育 孕 照片 相片 人脸 指纹 车牌 备注 附注 \
    手机 银行卡";

/// Dropped where rows are homes or people.
const PEOPLE_ZH: &str = "姓名 名字 称呼 人员名 家庭成员 家属 联系人 电话 联系方式 微信 邮箱 性别 年龄 \
    出生 生日 学历 文化程度 职业 工作单位 籍贯 血型 与户主关系 服务处所 就业 从业";

/// Dropped from every file; each is a run of whole words.
const ALWAYS_EN: &str = "id card, idcard, identity, passport, ssn, householder, owner, owners, tenant, landlord, \
    resident name, person name, owner name, political, politics, party member, ethnic, \
    ethnicity, ethnic group, nationality, religion, religious, faith, health, disability, \
    disabled, illness, disease, crime, criminal, drug, drugs, parole, key person, key persons, \
    petition, petitions, income, tax, salary, social security, credit, welfare, poverty, \
    marriage, marital, pregnant, pregnancy, fertility, photo, photos, face, fingerprint, \
    license plate, licence plate, plate no, plate number, remark, remarks, note, notes, \
    comment, comments, memo, mobile, cellphone, bank, birthday, birthdate, birth, dob";

/// Dropped where rows are homes or people.
const PEOPLE_EN: &str = "full name, fullname, first name, last name, surname, given name, family name, member name, \
    head, head name, contact name, contact person, phone, telephone, tel, email, mail, wechat, \
    qq, sex, gender, age, education, occupation, profession, job, employer, relation, \
    relationship";

/// Words that make an identity number of a bare `id number` or `id no`.
const IDENTITY_NUMBER: &str = "id number, id no, idnumber, idno";

/// Whether the column called `header` may not be read from a sheet of `kind`.
pub fn is_denied(header: &str, kind: ImportKind) -> bool {
    let folded = columns::fold(header);
    let words = words(header);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let people = matches!(kind, ImportKind::Households | ImportKind::Members);
    let staff = kind == ImportKind::Grids && is_staff(&folded, &words);
    let is_identity = runs(IDENTITY_NUMBER).any(|run| words.starts_with(&run));
    if is_identity || has_run(&words, ALWAYS_EN) || has_needle(&folded, ALWAYS_ZH) {
        return true;
    }
    if people {
        // The plain `name` of a home or a member is a person's; `building name` is not.
        return has_needle(&folded, PEOPLE_ZH)
            || has_run(&words, PEOPLE_EN)
            || words == ["name"]
            || words == ["names"]
            || folded == "名称";
    }
    // A person's name on a thing: allowed only for the staff of a grid.
    folded.contains("姓名") && !staff
}

/// Grid heads and managers and their office phone are public by duty (P11).
fn is_staff(folded: &str, words: &[&str]) -> bool {
    folded.contains("网格长")
        || folded.contains("网格员")
        || folded.contains("管理员")
        || words.contains(&"manager")
        || words.contains(&"head")
}

fn has_needle(folded: &str, needles: &str) -> bool {
    needles.split(' ').any(|needle| folded.contains(needle))
}

fn has_run(words: &[&str], list: &'static str) -> bool {
    runs(list).any(|run| words.windows(run.len()).any(|window| *window == run))
}

/// The runs of words in one of the lists above.
fn runs(list: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    list.split(", ").map(|run| run.split(' ').collect())
}

/// Lower-case words of a header: `idCard`, `ID-card`, `id_card` are all `id`, `card`.
fn words(header: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut was_lower = false;
    for c in columns::half_width(header).chars() {
        let breaks = c.is_ascii_uppercase() && was_lower;
        if (!c.is_ascii_alphanumeric() || breaks) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_ascii_alphanumeric() {
            word.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

/// Whether `text` is an identity card or mobile phone number, which no code of ours ever is.
///
/// Cards: 17 digits with a real birth date and the check digit of GB 11643-1999. Phones: 1[3-9] and
/// nine digits more. So a number smuggled in under an innocent header is refused too.
pub fn is_personal_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.len() {
        11 => {
            bytes.iter().all(u8::is_ascii_digit)
                && bytes[0] == b'1'
                && (b'3'..=b'9').contains(&bytes[1])
        }
        18 => is_identity_card(bytes),
        _ => false,
    }
}

fn is_identity_card(bytes: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: &[u8; 11] = b"10X98765432";
    if !bytes[..17].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let digit = |i: usize| u32::from(bytes[i] - b'0');
    let month = digit(10) * 10 + digit(11);
    let day = digit(12) * 10 + digit(13);
    let sum: u32 = (0..17).map(|i| digit(i) * WEIGHTS[i]).sum();
    (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && bytes[17].to_ascii_uppercase() == CHECKS[(sum % 11) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: ImportKind, header: &str, denied: bool) {
        assert_eq!(is_denied(header, kind), denied, "{header} in {}", kind.word());
    }

    #[test]
    fn people_are_dropped() {
        for header in [
            "姓名",
            "户主姓名",
            "户主",
            "身份证号",
            "身份证号码",
            "居民电话",
            "联系电话",
            "政治面貌",
            "民族",
            "宗教信仰",
            "健康状况",
            "是否残疾",
            "是否社区矫正",
            "重点人员类别",
            "信访记录",
            "家庭收入",
            "是否低保",
            "婚育情况",
            "照片",
            "车牌号",
            "备注",
            "name",
            "Name",
            "full_name",
            "idCard",
            "ID_NUMBER",
            "id no",
            "phone",
            "Mobile",
            "ethnicity",
            "religion",
            "remark",
            "Notes",
            "birth_date",
            "性 别",
            "ＰＨＯＮＥ",
            "head",
        ] {
            check(ImportKind::Households, header, true);
            check(ImportKind::Members, header, true);
        }
    }

    #[test]
    fn things_and_offices_stay() {
        use ImportKind::{Areas, Barriers, Buildings, Grids, Households, Members};
        for header in
            ["小区名称", "社区名称", "楼栋名称", "building_name", "地址", "户编号", "人数"]
        {
            check(Households, header, false);
            check(Members, header, false);
        }
        for header in ["name", "名称", "建筑名称", "village", "age_0_14", "hotel", "surface"]
        {
            check(Buildings, header, false);
            check(Areas, header, false);
            check(Barriers, header, false);
        }
        for header in
            ["网格长", "网格员姓名", "网格长姓名", "联系电话", "work_phone", "head", "manager"]
        {
            check(Grids, header, false);
        }
        check(Grids, "grid_no", false);
        check(Members, "ref", false);
        check(Members, "household_id_no", false);
    }

    #[test]
    fn everywhere_means_everywhere() {
        for kind in ImportKind::ALL {
            for header in ["备注", "remarks", "户主", "身份证", "民族", "owner", "手机号"]
            {
                check(kind, header, true);
            }
        }
        check(ImportKind::Buildings, "楼长姓名", true);
        check(ImportKind::Grids, "姓名", true);
    }

    #[test]
    fn numbers_of_persons_are_known_by_their_check_digit() {
        // Made up: area 110101, born 2000-01-01, check digit computed.
        assert!(
            is_personal_number("110101200001010010") != is_personal_number("110101200001010011")
        );
        assert!(is_personal_number("13800000000"));
        assert!(!is_personal_number("110101001001"));
        assert!(!is_personal_number("110101001001001001"));
    }
}
