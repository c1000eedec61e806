-- One pass over the cases: typed, checked, classed and priced, into a table in memory of whole numbers and ENUMs.
-- 错: a bit for each check that refuses the row; 疑: for each that only counts. In the bare settlement both are 0.

CREATE TEMP TABLE 全 AS
WITH 型 AS (
  SELECT 病例号, 机构编码, 病组编码, 疗效价值病种, 患者标识, 入院日期, 出院日期, 结算日期, 住院天数, 年龄, 主要诊断, 性别, 险种, 就医地, 就诊方式, 床日类别,
         TRY_CAST(机构编码 AS 机构键) AS 机构, TRY_CAST(病组编码 AS 病组键) AS 病组, TRY_CAST(疗效价值病种 AS 病种键) AS 病种,
         TRY_CAST(险种 AS 险种键) AS 险, TRY_CAST(coalesce(就医地, '本地') AS 就医地键) AS 地, TRY_CAST(性别 AS 性别键) AS 性,
         TRY_CAST(就诊方式 AS 方式键) AS 诊, TRY_CAST(床日类别 AS 床日键) AS 床,
         分(住院总费用) AS 总, 分(特需费用) AS 特需, 分(中医药治疗费用) AS 中医药, 分(统筹基金支出) AS 统筹,
         分(谈判药品费用) AS 谈判, 住院总费用, 特需费用, 中医药治疗费用, 统筹基金支出, 谈判药品费用,
         coalesce(疗效价值付费, false) AS 按疗效, coalesce(中医科室, false) AS 中医科室, coalesce(互认病例, false) AS 互认,
         coalesce(日间目录内, false) AS 日间
  FROM 病例 WHERE 结算日期 BETWEEN DATE '2025-01-01' AND DATE '2025-12-31'),
验 AS (
  SELECT *, 总 - coalesce(特需, 0) AS 费用, $refused AS 错, $doubted AS 疑,
         enum_code(机构)::INTEGER * $groups + enum_code(病组)::INTEGER AS 格
  FROM 型),
连 AS (
  SELECT 验.*, h.协议正常, k.* EXCLUDE (格), coalesce(s.特例通过, false) AS 特例通过, coalesce(s.新技术通过, false) AS 新技术通过,
         s.特例点数, v.疗效点数,
         (h.中医 OR (h.综合 AND 中医科室)) AND 总 > 0 AND 2 * coalesce(中医药, 0) >= 总 AS 中医加成,
         诊 IS NULL OR 诊 = '住院'::方式键 OR (诊 <> '门诊'::方式键 AND 日间) AS 付费
  FROM 验 LEFT JOIN 院 h USING (机构) LEFT JOIN 对 k USING (格) LEFT JOIN 单 s USING (病例号) LEFT JOIN 疗效 v USING (病种)),
类 AS (
  SELECT *, CASE WHEN 病组 IS NULL THEN '未入组'::类型键
                 WHEN 空白 THEN '空白病组'::类型键
                 WHEN NOT 稳定 THEN '非稳定病组'::类型键
                 WHEN 按疗效 THEN '中医优势'::类型键
                 WHEN 费用 <= 低 THEN '低倍率'::类型键
                 WHEN 费用 > 高 THEN '高倍率'::类型键
                 ELSE '正常'::类型键 END AS 类型,
            CASE WHEN 特例通过 THEN '特例单议'::清算键 WHEN 按疗效 THEN '疗效价值'::清算键 ELSE '分组结果'::清算键 END AS 方式
  FROM 连),
猜 AS (SELECT *, CASE WHEN 类型 = '高倍率'::类型键 THEN 费用 * 坡 + 移 + 0.5 END AS 约 FROM 类),
点 AS (
  -- the guess is within a thousandth; where a half is nearer than that, 128 bits say which side it is
  SELECT *, CASE WHEN 类型 = '高倍率'::类型键 THEN
                   CASE WHEN 约 - floor(约) BETWEEN 0.002 AND 0.998 THEN floor(约)::BIGINT
                        ELSE 最近(甲 + 费用 * 乙, 丙)::BIGINT END
                 WHEN 类型 = '低倍率'::类型键 THEN least((费用 * 200000000 + $mean) // (2 * $mean), 基准)
                 WHEN 类型 = '空白病组'::类型键 THEN (费用 * 200000000 + $mean) // (2 * $mean)
                 WHEN 类型 <> '未入组'::类型键 THEN 正常点 END AS 组点
  FROM 猜),
加 AS (SELECT *, 组点 + CASE WHEN 中医加成 THEN (组点 * 5 + 50) // 100 ELSE 0 END AS 加成点 FROM 点)
SELECT 病例号, 机构, 险, 地, 病组, 类型, 方式, 费用, coalesce(统筹, 0) AS 统筹, coalesce(谈判, 0) AS 谈判, 中医加成, 新技术通过, 错, 疑,
       CASE 方式 WHEN '特例单议'::清算键 THEN 特例点数 WHEN '疗效价值'::清算键 THEN 疗效点数
                 ELSE CASE WHEN 互认 THEN (加成点 * 105 + 50) // 100 ELSE 加成点 END END AS 点数,
       付费 AND (病组 IS NOT NULL OR 特例通过 OR 新技术通过) AS 清算,
       方式 = '分组结果'::清算键 AND 协议正常 AND 类型 NOT IN ('空白病组'::类型键, '未入组'::类型键)
         AND NOT coalesce(基础, false) AS 参与
FROM 加;
SELECT error('点数的估计不够准') FROM 对 WHERE abs(坡) * 1e9 + abs(移) > 1e12 LIMIT 1;
SELECT error('费用超过一千万元') FROM 全 WHERE 费用 > 1000000000 LIMIT 1;
