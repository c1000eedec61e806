-- 第三十五条, in fen: whole parts first; a fen more for the largest remainders, ties by 病例号. Only the remainders of
-- the step in which the last of them falls are sorted: a step is a thousandth of what a remainder can be.

CREATE TEMP TABLE 份 AS
SELECT 病例号, 机构, 险, 地, 号, (重::$wide * 资金 // 重和)::BIGINT AS 整, (重::$wide * 资金 % 重和)::BIGINT AS 余,
       ((重::$wide * 资金 % 重和)::BIGINT * 1000 // 重和)::SMALLINT AS 级
FROM 个案 JOIN 边 USING (险, 地, 号);
CREATE TEMP TABLE 界 AS
WITH 每级 AS (SELECT 险, 地, 号, 级, count(*) AS 行, sum(整) AS 整 FROM 份 GROUP BY ALL),
     累 AS (SELECT *, sum(行) OVER (PARTITION BY 险, 地, 号 ORDER BY 级 DESC) - 行 AS 以上, sum(整) OVER (PARTITION BY 险, 地, 号) AS 整和 FROM 每级)
SELECT 险, 地, 号, 级 AS 界级, 资金 - 整和 - 以上 AS 还有 FROM 累 JOIN 边 USING (险, 地, 号)
WHERE 资金 - 整和 > 以上 AND 资金 - 整和 <= 以上 + 行;
CREATE TEMP TABLE 个案机构 AS
WITH 尾 AS (
  SELECT 机构, 险, 地, 号, 还有, row_number() OVER (PARTITION BY 险, 地, 号 ORDER BY 余 DESC, 病例号) AS 名次
  FROM 份 JOIN 界 USING (险, 地, 号) WHERE 级 = 界级),
合 AS (
  SELECT 机构, 险, 地, sum(号 * (整 + CASE WHEN 级 > 界级 THEN 1 ELSE 0 END)) AS 额 FROM 份 LEFT JOIN 界 USING (险, 地, 号) GROUP BY ALL
  UNION ALL
  SELECT 机构, 险, 地, sum(号) FROM 尾 WHERE 名次 <= 还有 GROUP BY ALL)
SELECT 机构, 险, 地, sum(额)::HUGEINT AS 金额 FROM 合 GROUP BY ALL;
