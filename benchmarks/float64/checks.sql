-- Row checks of the annual clearing: what Casemix does with every row before it settles one.
-- Makes `病例收` (the rows that are not rejected) and writes 核验.parquet (how many rows each check caught).

CREATE VIEW 核验行 AS
SELECT c.*,
       病例号 IS NULL OR c.机构编码 IS NULL OR 患者标识 IS NULL OR 险种 IS NULL OR 入院日期 IS NULL OR 出院日期 IS NULL
         OR 结算日期 IS NULL OR 住院天数 IS NULL OR 年龄 IS NULL OR 性别 IS NULL OR 主要诊断 IS NULL
         OR 住院总费用 IS NULL OR 统筹基金支出 IS NULL AS 必填空着,
       险种 NOT IN ('职工', '居民') OR 就医地 NOT IN ('本地', '异地') OR 性别 NOT IN ('男', '女')
         OR 就诊方式 NOT IN ('住院', '日间手术', '门诊放化疗', '中医日间', '门诊')
         OR 床日类别 NOT IN ('无', '医疗康复', '安宁疗护', '精神类') AS 类别里没有,
       住院天数 < 0 OR 年龄 NOT BETWEEN 0 AND 150 OR 住院总费用 < 0 OR 特需费用 < 0 OR 中医药治疗费用 < 0
         OR 统筹基金支出 < 0 OR 谈判药品费用 < 0 AS 超出范围,
       round(住院总费用, 2) <> 住院总费用 OR round(特需费用, 2) <> 特需费用 OR round(统筹基金支出, 2) <> 统筹基金支出
         OR round(中医药治疗费用, 2) <> 中医药治疗费用 OR round(谈判药品费用, 2) <> 谈判药品费用 AS 小数太多,
       h.机构编码 IS NULL OR (c.病组编码 IS NOT NULL AND g.病组编码 IS NULL)
         OR (c.疗效价值病种 IS NOT NULL AND v.疗效价值病种 IS NULL) AS 引用没有行,
       出院日期 < 入院日期 AS 出院早于入院,
       结算日期 < 出院日期 AS 结算早于出院,
       特需费用 > 住院总费用 AS 特需费用超过总费用,
       中医药治疗费用 > 住院总费用 AS 中医药费用超过总费用,
       统筹基金支出 > 住院总费用 AS 统筹支出超过总费用
FROM 病例 c
LEFT JOIN 医疗机构 h ON h.机构编码 = c.机构编码
LEFT JOIN 病组 g ON g.病组编码 = c.病组编码
LEFT JOIN 疗效价值标准 v ON v.疗效价值病种 = c.疗效价值病种
WHERE 结算日期 BETWEEN DATE '2025-01-01' AND DATE '2025-12-31';

CREATE VIEW 病例收 AS
SELECT * FROM 核验行
WHERE NOT coalesce(必填空着 OR 类别里没有 OR 超出范围 OR 小数太多 OR 引用没有行 OR 出院早于入院 OR 结算早于出院
                   OR 特需费用超过总费用 OR 中医药费用超过总费用 OR 统筹支出超过总费用, true);

COPY (
  WITH 数 AS (
    SELECT count(*) AS 行数,
           count(*) FILTER (必填空着) AS 必填空着, count(*) FILTER (类别里没有) AS 类别里没有,
           count(*) FILTER (超出范围) AS 超出范围, count(*) FILTER (小数太多) AS 小数太多,
           count(*) FILTER (引用没有行) AS 引用没有行,
           count(*) FILTER (出院早于入院) AS 出院早于入院,
           count(*) FILTER (结算早于出院 AND NOT 出院早于入院) AS 结算早于出院,
           count(*) FILTER (特需费用超过总费用) AS 特需费用超过总费用,
           count(*) FILTER (中医药费用超过总费用) AS 中医药费用超过总费用,
           count(*) FILTER (统筹支出超过总费用) AS 统筹支出超过总费用,
           count(*) FILTER (住院天数 <> greatest(date_diff('day', 入院日期, 出院日期), 1)
                            AND NOT 出院早于入院 AND NOT 结算早于出院) AS 住院天数不符,
           count(*) FILTER (性别 = '男' AND (left(主要诊断, 3) BETWEEN 'O00' AND 'O99'
               OR left(主要诊断, 3) BETWEEN 'N70' AND 'N98' OR left(主要诊断, 3) BETWEEN 'C51' AND 'C58')) AS 男性妇产科诊断,
           count(*) FILTER (性别 = '女' AND (left(主要诊断, 3) BETWEEN 'N40' AND 'N51'
               OR left(主要诊断, 3) BETWEEN 'C60' AND 'C63')) AS 女性男科诊断
    FROM 核验行)
  UNPIVOT 数 ON COLUMNS(*) INTO NAME 核验 VALUE 行数
) TO '${out}/核验.parquet' (FORMAT parquet);
