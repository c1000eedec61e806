-- The small tables as whole numbers: yuan in fen, points times 10 000, coefficients times 10^8; keys as ENUMs in the
-- order of their texts.

CREATE MACRO 最近(n, d) AS ((abs(n)::HUGEINT * 2 + d) // (d * 2)) * sign(n);  -- n ÷ d, halves away from nothing
CREATE MACRO 分(x) AS (x * 100)::BIGINT;
CREATE MACRO 万(x) AS (x * 10000)::BIGINT;
CREATE MACRO 元(x) AS (x::DECIMAL(18, 0) * 0.01::DECIMAL(3, 2))::DECIMAL(18, 2);
CREATE MACRO 四位(x) AS (x::DECIMAL(18, 0) * 0.0001::DECIMAL(5, 4))::DECIMAL(18, 4);

CREATE TYPE 机构键 AS ENUM (SELECT 机构编码 FROM 医疗机构 ORDER BY 1);
CREATE TYPE 病组键 AS ENUM (SELECT 病组编码 FROM 病组 ORDER BY 1);
CREATE TYPE 病种键 AS ENUM (SELECT 疗效价值病种 FROM 疗效价值标准 ORDER BY 1);
CREATE TYPE 险种键 AS ENUM ('居民', '职工');
CREATE TYPE 就医地键 AS ENUM ('异地', '本地');
CREATE TYPE 性别键 AS ENUM ('女', '男');
CREATE TYPE 方式键 AS ENUM ('住院', '日间手术', '门诊放化疗', '中医日间', '门诊');
CREATE TYPE 床日键 AS ENUM ('无', '医疗康复', '安宁疗护', '精神类');
CREATE TYPE 类型键 AS ENUM ('未入组', '空白病组', '非稳定病组', '中医优势', '低倍率', '高倍率', '正常');
CREATE TYPE 清算键 AS ENUM ('分组结果', '特例单议', '疗效价值');

-- 第十八条、第十九条, for each level and group. 级均: 10^18 a yuan; 倍: twice the multiple
CREATE TEMP TABLE 级组 AS
WITH 系 AS (SELECT 级别, 病组编码::病组键 AS 病组, 万(级别次均费用) AS 均, (级别调整系数 * 100000000)::BIGINT AS 数 FROM 级别病组),
     并 AS (
       SELECT l.级别, g.病组编码::病组键 AS 病组, 万(g.病组基准点数)::HUGEINT AS 基准, g.稳定,
              coalesce(g.基础病组, false) AS 基础, coalesce(g.整组单议, false) AS 单议,
              x.均, x.数 AS 自, a.数 AS 三, b.数 AS 二, c.数 AS 基
       FROM (VALUES ('三级'), ('二级及以下'), ('基层')) l(级别) CROSS JOIN 病组 g
       LEFT JOIN 系 x ON x.级别 = l.级别 AND x.病组 = g.病组编码::病组键
       LEFT JOIN 系 a ON a.级别 = '三级' AND a.病组 = g.病组编码::病组键
       LEFT JOIN 系 b ON b.级别 = '二级及以下' AND b.病组 = g.病组编码::病组键
       LEFT JOIN 系 c ON c.级别 = '基层' AND c.病组 = g.病组编码::病组键),
     准 AS (
       SELECT *, CASE WHEN 基础 THEN 80000000
                      WHEN 自 IS NOT NULL THEN 自
                      WHEN 级别 = '基层' THEN 60000000
                      WHEN 级别 = '三级' THEN least(coalesce(二, 基), 100000000)
                      ELSE least(greatest(三, 基), 100000000) END::HUGEINT AS 系数,
              CASE WHEN 基准 <= 2000000 THEN 6 WHEN 基准 <= 3000000 THEN 5 WHEN 基准 <= 5000000 THEN 4 ELSE 3 END AS 倍
       FROM 并)
SELECT *, coalesce(均::HUGEINT * 100000000000000, $mean::HUGEINT * 基准 * 系数) AS 级均 FROM 准;

CREATE TEMP TABLE 倾斜 AS
SELECT 机构编码::机构键 AS 机构, 病组编码::病组键 AS 病组,
       sum(least(coalesce(万(系数上浮), 0), CASE 倾斜依据 WHEN '国家级重点' THEN 2000 WHEN '优势专科' THEN 500 ELSE 1000 END)) AS 系数,
       sum(least(coalesce(万(点数上浮比例), 0), CASE 倾斜依据 WHEN '学科发展' THEN 1000 ELSE 0 END)) AS 点数
FROM 系数倾斜 GROUP BY ALL;

-- All that the points of a case take from its hospital and its group, once for each pair. An outlier's points are
-- (甲 + fee × 乙) ÷ 丙; where the mean of the level is worked out, the points of the group cancel out of 乙 and 丙.
CREATE TEMP TABLE 对 AS
WITH 倍数 AS (
  SELECT enum_code(h.机构编码::机构键)::INTEGER * $groups + enum_code(g.病组)::INTEGER AS 格, g.*,
         CASE WHEN 基础 THEN g.系数 * 10000
              ELSE (10000 + coalesce(t.点数, 0)) * (g.系数 + coalesce(t.系数, 0) * 10000) END::HUGEINT AS 乘
  FROM 医疗机构 h JOIN 级组 g ON g.级别 = h.级别
  LEFT JOIN 倾斜 t ON t.机构 = h.机构编码::机构键 AND t.病组 = g.病组),
线 AS (
  SELECT *, 基准 * 乘 AS 点,
         CASE WHEN 均 IS NOT NULL THEN 均 ELSE $mean::HUGEINT * 系数 END AS 底,
         CASE WHEN 均 IS NOT NULL THEN 200 * 基准 * 乘 ELSE 20000000000000000 * 乘 END AS 乙
  FROM 倍数),
全线 AS (SELECT *, 点 * (2 - 倍) * 底 AS 甲, 2000000000000 * 底 AS 丙 FROM 线)
SELECT 格, 基准::BIGINT AS 基准, 稳定, 基础, 基准 IS NULL OR 单议 AS 空白, 甲, 乙, 丙,
       (级均 // 20000000000000000)::BIGINT AS 低, (级均 * 倍 // 20000000000000000)::BIGINT AS 高,
       ((点 + 500000000000) // 1000000000000)::BIGINT AS 正常点,
       乙::DOUBLE / 丙::DOUBLE AS 坡, 甲::DOUBLE / 丙::DOUBLE AS 移
FROM 全线;

CREATE TEMP TABLE 院 AS
SELECT 机构编码::机构键 AS 机构, 协议处理 = '正常' AS 协议正常, 机构类别 = '中医' AS 中医, 机构类别 = '综合' AS 综合 FROM 医疗机构;
CREATE TEMP TABLE 单 AS
SELECT 病例号, coalesce(s.审核通过, false) AS 特例通过, coalesce(n.评估通过, false) AS 新技术通过,
       coalesce(万(s.核定点数), 最近(分(s.核定支付标准)::HUGEINT * 100000000, $mean)::BIGINT) AS 特例点数
FROM 特例单议 s FULL JOIN 新技术 n USING (病例号);
CREATE TEMP TABLE 疗效 AS
SELECT 疗效价值病种::病种键 AS 病种, round(疗效价值点数::DECIMAL(18, 6) * 10000)::BIGINT AS 疗效点数 FROM 疗效价值标准;
