-- 第三十二条（三）、（四），第三十四条 1 至 3，第九条: hospitals and pools, all in fen

CREATE TEMP TABLE 机构 AS
WITH 键 AS (SELECT 机构, 险, 地 FROM 机构和 UNION SELECT 机构, 险, 地 FROM 拨 UNION SELECT 机构, 险, 地 FROM 扣),
应 AS (
  SELECT 键.*, h.机构名称, h.级别, h.协议处理, coalesce(s.点数, 0)::HUGEINT AS 点数, 分子, 分母,
         coalesce(s.费用, 0)::HUGEINT AS 费用, coalesce(s.统筹, 0)::HUGEINT AS 统筹, coalesce(s.谈判, 0)::HUGEINT AS 谈判,
         coalesce(s.新技术补偿, 0)::HUGEINT AS 新技术补偿,
         最近(coalesce(s.点数, 0)::HUGEINT * 分子, 分母) - (coalesce(s.费用, 0) - coalesce(s.统筹, 0)) AS 应结算,
         CASE h.级别 WHEN '三级' THEN 104 WHEN '二级及以下' THEN 108 ELSE 110 END AS 上限,
         coalesce(d.预留, 0)::HUGEINT AS 预留, coalesce(d.已拨, 0)::HUGEINT AS 已拨, coalesce(k.扣款, 0)::HUGEINT AS 扣款,
         CASE WHEN e.终评得分 >= 90 THEN 0 WHEN e.终评得分 >= 80 THEN 10 WHEN e.终评得分 >= 60 THEN 30 ELSE 100 END AS 不返比例,
         coalesce(g.金额, 0)::HUGEINT AS 个案
  FROM 键 JOIN 医疗机构 h ON h.机构编码::机构键 = 键.机构 JOIN 池 p USING (险, 地)
  LEFT JOIN 机构和 s USING (机构, 险, 地) LEFT JOIN 拨 d USING (机构, 险, 地) LEFT JOIN 扣 k USING (机构, 险, 地)
  LEFT JOIN 个案机构 g USING (机构, 险, 地) LEFT JOIN 年终评价 e ON e.机构编码::机构键 = 键.机构 AND e.年度 = 2025),
判 AS (
  SELECT *, (greatest(预留, 0) * 不返比例 + 50) // 100 AS 不返还,
         CASE WHEN 协议处理 <> '正常' THEN '受处理' WHEN 应结算 = 统筹 THEN '持平' WHEN 应结算 > 统筹 THEN '结余' ELSE '超支' END AS 结余超支
  FROM 应)
SELECT *, 最近((least(应结算 * 100, 统筹 * 上限) - 统筹 * 100) * 8, 1000::HUGEINT) AS 留用,
       CASE WHEN 结余超支 = '超支' THEN 最近((统筹 - 应结算) * CASE WHEN 统筹 <= 0 THEN 0 WHEN 应结算 * 100 >= 统筹 * 95 THEN 6
                                                  WHEN 应结算 * 100 >= 统筹 * 80 THEN 4 ELSE 0 END, 10::HUGEINT)
            ELSE 0 END AS 可分担
FROM 判;
CREATE TEMP TABLE 池二 AS
SELECT p.*, least(m.可分担, p.分担上限)::HUGEINT AS 分担资金, greatest(p.调节金 - least(m.可分担, p.分担上限), 0)::HUGEINT AS 二次资金,
       m.可分担::HUGEINT AS 可分担和, m.应结算::HUGEINT AS 应结算合计
FROM 池 p LEFT JOIN (SELECT 险, 地, sum(可分担) AS 可分担, sum(应结算) AS 应结算 FROM 机构 GROUP BY ALL) m USING (险, 地);
CREATE TEMP TABLE 机构二 AS
WITH 额 AS (
  SELECT i.*, 分担资金, 二次资金,
         CASE WHEN 可分担和 > 0 THEN 可分担 * 分担资金 // 可分担和 ELSE 0 END AS 整一, CASE WHEN 可分担和 > 0 THEN 可分担 * 分担资金 % 可分担和 ELSE 0 END AS 余一,
         CASE WHEN p.点数 > 0 THEN i.点数 * 二次资金 // p.点数 ELSE 0 END AS 整二, CASE WHEN p.点数 > 0 THEN i.点数 * 二次资金 % p.点数 ELSE 0 END AS 余二
  FROM 机构 i JOIN 池二 p USING (险, 地)),
排 AS (
  SELECT *, row_number() OVER (PARTITION BY 险, 地 ORDER BY 余一 DESC, 机构) AS 名一, sum(整一) OVER (PARTITION BY 险, 地) AS 和一,
         row_number() OVER (PARTITION BY 险, 地 ORDER BY 余二 DESC, 机构) AS 名二, sum(整二) OVER (PARTITION BY 险, 地) AS 和二 FROM 额),
分开 AS (
  SELECT *, 整一 + CASE WHEN 名一 <= 分担资金 - 和一 THEN 1 ELSE 0 END AS 分担, 整二 + CASE WHEN 名二 <= 二次资金 - 和二 THEN 1 ELSE 0 END AS 二次 FROM 排),
留 AS (
  SELECT *, CASE 结余超支 WHEN '结余' THEN 留用 - (应结算 - 统筹) WHEN '超支' THEN 分担 WHEN '持平' THEN 0 ELSE -greatest(应结算 - 统筹, 0) END AS 留用分担,
         (谈判 * 3 + 5) // 10 AS 谈判补偿 FROM 分开)
SELECT *, 应结算 - 不返还 + 留用分担 - 已拨 - 扣款 AS 清算金额 FROM 留;

COPY (
  SELECT 机构::VARCHAR AS 机构编码, 险::VARCHAR AS 险种, 地::VARCHAR AS 就医地, 机构名称, 级别, 四位(点数) AS 年度总点数,
         四位(最近(分子 * 1000000, 分母)) AS 年度每点费用, 元(费用) AS 住院总费用, 元(统筹) AS 实际发生统筹基金, 元(应结算) AS 应结算金额,
         CASE WHEN 统筹 <> 0 THEN 四位(最近(应结算 * 10000, 统筹)) END AS 支付比, 结余超支, 元(上限) AS 支付比上限, 元(预留) AS 预留质量保证金,
         元(不返还) AS 质量保证金不予返还, 四位(10000) AS 考核系数, 元(0) AS 考核系数调整资金, 元(留用分担) AS 结余留用超支分担, 元(已拨) AS 月度已拨付,
         元(扣款) AS 审核扣款, 元(清算金额) AS 年度DRG清算金额, 元(新技术补偿) AS 新技术补偿, 元(0) AS 床日付费, 元(二次) AS 区域调节金二次分配,
         元(个案) AS 单个病例结余共享, 元(0) AS 增幅激励约束, 元(谈判补偿) AS 谈判药品补偿, 元(清算金额 + 新技术补偿 + 二次 + 个案 + 谈判补偿) AS 清算应拨付
  FROM 机构二 ORDER BY 机构, 险, 地
) TO '$out/年度清算表.parquet' (FORMAT parquet);
COPY (
  SELECT p.险::VARCHAR AS 险种, p.地::VARCHAR AS 就医地, 元(年度预算) AS 年度预算总额, 元(调节金) AS 区域调节金, 元(备案) AS 备案的预算调整, 月数 AS 预算月数,
         元(清算预算) AS 清算用的预算总额, 元(p.统筹) AS 实际发生统筹基金, 元(p.费用) AS 病例总费用, p.例数 AS 病例数, 四位(p.点数) AS 年度总点数,
         四位(最近(分子 * 1000000, 分母)) AS 年度每点费用, 元(应结算合计) AS 应结算金额合计, 元(分担上限) AS 超支分担上限, 元(分担资金) AS 超支分担资金,
         元(二次资金) AS 区域调节金剩余, 元(k.清算) AS 年度清算金额合计, (SELECT count(DISTINCT 月份) FROM 拨付 WHERE 月份 LIKE '2025-%') AS 拨付月数
  FROM 池二 p LEFT JOIN (SELECT 险, 地, sum(清算金额) AS 清算 FROM 机构二 GROUP BY ALL) k USING (险, 地) ORDER BY 1, 2
) TO '$out/年度基金池表.parquet' (FORMAT parquet);
