-- 第三十二条（一）至（三）: sums of hospitals and pools; a point of a pool is 分子 ÷ 分母 fen for a ten-thousandth

CREATE TEMP VIEW 算 AS SELECT * FROM 全 WHERE 错 = 0 AND 清算;
CREATE TEMP TABLE 机构和 AS
SELECT 机构, 险, 地, coalesce(sum(点数) FILTER (NOT 新技术通过), 0) AS 点数, coalesce(sum(费用) FILTER (NOT 新技术通过), 0) AS 费用,
       coalesce(sum(统筹) FILTER (NOT 新技术通过), 0) AS 统筹, coalesce(sum(谈判) FILTER (NOT 新技术通过), 0) AS 谈判,
       count(*) FILTER (NOT 新技术通过) AS 例数, coalesce(sum((统筹 * 9 + 5) // 10) FILTER (新技术通过), 0) AS 新技术补偿
FROM 算 GROUP BY ALL;
CREATE TEMP TABLE 拨 AS
SELECT 机构编码::机构键 AS 机构, 险种::险种键 AS 险, 就医地::就医地键 AS 地, sum(分(月度拨付金额)) AS 已拨, sum(分(预留质量保证金)) AS 预留
FROM 拨付 WHERE 月份 LIKE '2025-%' GROUP BY ALL;
CREATE TEMP TABLE 扣 AS
SELECT 机构编码::机构键 AS 机构, 险种::险种键 AS 险, 就医地::就医地键 AS 地, 分(年度审核扣款总额) AS 扣款 FROM 审核扣款 WHERE 年度 = 2025;
CREATE TEMP TABLE 池 AS
WITH 预 AS (SELECT 险种, 就医地, count(*) AS 月数, sum(分(统筹基金预算)) AS 预算 FROM 预算 WHERE 月份 LIKE '2025-%' GROUP BY ALL),
     和 AS (SELECT 险, 地, sum(点数) AS 点数, sum(费用) AS 费用, sum(统筹) AS 统筹, sum(例数)::BIGINT AS 例数 FROM 机构和 GROUP BY ALL),
     年 AS (
       SELECT y.险种::险种键 AS 险, y.就医地::就医地键 AS 地, 分(y.年度预算总额) AS 年度预算, (分(y.年度预算总额) * 2 + 50) // 100 AS 调节金,
              CASE WHEN a.已备案 THEN 分(a.预算调整额) ELSE 0 END AS 备案, 预.月数, 预.预算
       FROM 年度预算 y JOIN 预 USING (险种, 就医地)
       LEFT JOIN 预算调整 a ON a.险种 = y.险种 AND a.就医地 = y.就医地 AND a.年度 = 2025
       WHERE y.年度 = 2025)
SELECT 年.*, 预算 + 备案 AS 清算预算, (年度预算 + 备案) * 5 // 100 AS 分担上限, coalesce(和.点数, 0)::HUGEINT AS 点数,
       coalesce(和.费用, 0)::HUGEINT AS 费用, coalesce(和.统筹, 0)::HUGEINT AS 统筹, coalesce(和.例数, 0) AS 例数,
       CASE WHEN coalesce(和.例数, 0) = 0 THEN 0 ELSE 和.费用 - 和.统筹 + 预算 + 备案 END::HUGEINT AS 分子,
       CASE WHEN coalesce(和.例数, 0) = 0 THEN 1 ELSE 和.点数 END::HUGEINT AS 分母
FROM 年 LEFT JOIN 和 USING (险, 地);
-- points × price in fen: a guess, and 128 bits where a half is near
CREATE MACRO 支付(点数, 分子, 分母) AS
  CASE WHEN 点数::DOUBLE * (分子::DOUBLE / 分母::DOUBLE) + 0.5 - floor(点数::DOUBLE * (分子::DOUBLE / 分母::DOUBLE) + 0.5) BETWEEN 0.001 AND 0.999
       THEN floor(点数::DOUBLE * (分子::DOUBLE / 分母::DOUBLE) + 0.5)::BIGINT ELSE 最近(点数 * 分子, 分母)::BIGINT END;
SELECT error('支付标准的估计不够准') FROM 全 WHERE 点数 > 1000000000 LIMIT 1;

-- 第三十五条: what a case puts in (号 −1) and takes out (1), weights in fen
CREATE TEMP TABLE 个案 AS
WITH 标 AS (SELECT 病例号, 机构, 险, 地, a.费用, 支付(a.点数, 分子, 分母) AS 标准
            FROM 算 a JOIN 池 p USING (险, 地) WHERE 参与 AND NOT 新技术通过),
     权 AS (SELECT *, (greatest(标准 - 费用, 0) * 3 + 5) // 10 AS 可调剂, (greatest(10 * 费用 - 12 * 标准, 0) + 10) // 20 AS 可分担 FROM 标)
SELECT 病例号, 机构, 险, 地, CASE WHEN 可调剂 > 0 THEN -1 ELSE 1 END AS 号, CASE WHEN 可调剂 > 0 THEN 可调剂 ELSE 可分担 END AS 重
FROM 权 WHERE 可调剂 > 0 OR 可分担 > 0;
CREATE TEMP TABLE 边 AS
WITH 和 AS (SELECT 险, 地, 号, sum(重)::BIGINT AS 重和, max(重) AS 最重 FROM 个案 GROUP BY ALL)
SELECT 险, 地, 号, 重和, CASE WHEN count(*) OVER 池 < 2 THEN 0 ELSE min(重和) OVER 池 END AS 资金, 最重 FROM 和
WINDOW 池 AS (PARTITION BY 险, 地);
