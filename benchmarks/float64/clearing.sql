-- 年度清算 of jiyuan-demo in float64: the rules of regions/jiyuan (第三、四、五、六章) with the figures of
-- regions/jiyuan-demo, as someone would write them by hand. Reads `病例收`, `特例`, `新技` and the small tables;
-- no year before is given, so 考核系数 is 1 and 增幅激励约束 is 0.

-- 第十八条、第十九条: one row for each level and group
CREATE TEMP TABLE 级组 AS
WITH 均 AS (SELECT 所有病组次均住院费用::DOUBLE AS 均费 FROM 年度指标 WHERE 年度 = 2025),
     系 AS (
       SELECT l.级别, g.病组编码, g.病组基准点数::DOUBLE AS 基准, g.稳定, coalesce(g.基础病组, false) AS 基础,
              coalesce(g.整组单议, false) AS 单议, x.级别次均费用::DOUBLE AS 级均,
              x.级别调整系数::DOUBLE AS 自, a.级别调整系数::DOUBLE AS 三, b.级别调整系数::DOUBLE AS 二,
              c.级别调整系数::DOUBLE AS 基
       FROM (VALUES ('三级'), ('二级及以下'), ('基层')) l(级别) CROSS JOIN 病组 g
       LEFT JOIN 级别病组 x ON x.级别 = l.级别 AND x.病组编码 = g.病组编码
       LEFT JOIN 级别病组 a ON a.级别 = '三级' AND a.病组编码 = g.病组编码
       LEFT JOIN 级别病组 b ON b.级别 = '二级及以下' AND b.病组编码 = g.病组编码
       LEFT JOIN 级别病组 c ON c.级别 = '基层' AND c.病组编码 = g.病组编码),
     准 AS (
       SELECT *, CASE WHEN 基础 THEN 0.8
                      WHEN 自 IS NOT NULL THEN 自
                      WHEN 级别 = '基层' THEN 0.6
                      WHEN 级别 = '三级' THEN least(coalesce(二, 基), 1.0::DOUBLE)
                      ELSE least(greatest(三, 基), 1.0::DOUBLE) END::DOUBLE AS 标准系数
       FROM 系)
SELECT 级别, 病组编码, 基准, 稳定, 基础, 单议, 标准系数, 均费,
       coalesce(级均, 均费 * 基准 / 100 * 标准系数) AS 适用均费,
       CASE WHEN 基准 <= 200 THEN 3 WHEN 基准 <= 300 THEN 2.5 WHEN 基准 <= 500 THEN 2 ELSE 1.5 END::DOUBLE AS 倍率
FROM 准, 均;

CREATE TEMP TABLE 倾斜 AS
SELECT 机构编码, 病组编码,
       sum(least(coalesce(系数上浮, 0)::DOUBLE,
                 CASE 倾斜依据 WHEN '国家级重点' THEN 0.2 WHEN '优势专科' THEN 0.05 ELSE 0.1 END)) AS 系数,
       sum(least(coalesce(点数上浮比例, 0)::DOUBLE, CASE 倾斜依据 WHEN '学科发展' THEN 0.1 ELSE 0 END)) AS 点数
FROM 系数倾斜 GROUP BY ALL;

-- 病例类型、病例点数、清算点数
CREATE TEMP TABLE 算 AS
WITH 行 AS (
  SELECT c.病例号, c.机构编码, c.险种, coalesce(c.就医地, '本地') AS 就医地, c.病组编码,
         (c.住院总费用 - coalesce(c.特需费用, 0))::DOUBLE AS 费用, c.统筹基金支出::DOUBLE AS 统筹,
         coalesce(c.谈判药品费用, 0)::DOUBLE AS 谈判, coalesce(c.互认病例, false) AS 互认,
         h.协议处理 = '正常' AS 协议正常, g.基础, m.均费, g.基准, g.倍率, g.适用均费,
         CASE WHEN g.基础 THEN g.基准 ELSE g.基准 * (1 + coalesce(t.点数, 0)) END AS 适用基准,
         CASE WHEN g.基础 THEN g.标准系数 ELSE g.标准系数 + coalesce(t.系数, 0) END AS 调节,
         (h.机构类别 = '中医' OR (h.机构类别 = '综合' AND coalesce(c.中医科室, false)))
           AND CASE WHEN c.住院总费用 = 0 THEN false
                    ELSE coalesce(c.中医药治疗费用, 0)::DOUBLE / c.住院总费用::DOUBLE >= 0.5 END AS 中医加成,
         coalesce(s.审核通过, false) AS 特例通过,
         coalesce(s.核定点数::DOUBLE, s.核定支付标准::DOUBLE / m.均费 * 100) AS 特例点数,
         v.疗效价值点数::DOUBLE AS 疗效点数, coalesce(c.疗效价值付费, false) AS 按疗效, coalesce(n.评估通过, false) AS 新技术通过,
         CASE WHEN c.病组编码 IS NULL THEN '未入组'
              WHEN g.基准 IS NULL OR g.单议 THEN '空白病组'
              WHEN NOT g.稳定 THEN '非稳定病组'
              WHEN coalesce(c.疗效价值付费, false) THEN '中医优势'
              WHEN (c.住院总费用 - coalesce(c.特需费用, 0))::DOUBLE <= 0.5::DOUBLE * g.适用均费 THEN '低倍率'
              WHEN (c.住院总费用 - coalesce(c.特需费用, 0))::DOUBLE > g.倍率 * g.适用均费 THEN '高倍率'
              ELSE '正常' END AS 类型
  FROM 病例收 c
  JOIN 医疗机构 h ON h.机构编码 = c.机构编码
  CROSS JOIN (SELECT 所有病组次均住院费用::DOUBLE AS 均费 FROM 年度指标 WHERE 年度 = 2025) m
  LEFT JOIN 级组 g ON g.级别 = h.级别 AND g.病组编码 = c.病组编码
  LEFT JOIN 倾斜 t ON t.机构编码 = c.机构编码 AND t.病组编码 = c.病组编码
  LEFT JOIN 特例单议 s ON s.病例号 = c.病例号
  LEFT JOIN 新技术 n ON n.病例号 = c.病例号
  LEFT JOIN 疗效价值标准 v ON v.疗效价值病种 = c.疗效价值病种
  WHERE c.就诊方式 = '住院' OR (c.就诊方式 <> '门诊' AND coalesce(c.日间目录内, false))),
点 AS (
  SELECT *, CASE 类型
              WHEN '高倍率' THEN round(适用基准 * 调节 + (费用 / 适用均费 - 倍率) * 适用基准 * 调节, 4)
              WHEN '低倍率' THEN round(least(费用 / 均费 * 100, 基准), 4)
              WHEN '空白病组' THEN round(费用 / 均费 * 100, 4)
              WHEN '未入组' THEN NULL
              ELSE round(适用基准 * 调节, 4) END AS 点数,
         CASE WHEN 特例通过 THEN '特例单议' WHEN 按疗效 THEN '疗效价值' ELSE '分组结果' END AS 方式
  FROM 行
  WHERE 病组编码 IS NOT NULL OR 特例通过 OR 新技术通过)  -- 清算未入组 is excluded
SELECT 病例号, 机构编码, 险种, 就医地, 病组编码, 类型, 方式, 费用, 统筹, 谈判, 中医加成, 新技术通过,
       CASE 方式
         WHEN '特例单议' THEN round(特例点数, 4)
         WHEN '疗效价值' THEN round(疗效点数, 4)
         ELSE round((点数 + CASE WHEN 中医加成 THEN round(点数 * 0.05::DOUBLE, 4) ELSE 0 END)
                    * CASE WHEN 互认 THEN 1.05::DOUBLE ELSE 1 END, 4) END AS 清算点数,
       方式 = '分组结果' AND 协议正常 AND 类型 NOT IN ('空白病组', '未入组') AND NOT coalesce(基础, false) AS 参与
FROM 点;

-- 第三十二条（一）至（三）
CREATE TEMP TABLE 机构和 AS
SELECT 机构编码, 险种, 就医地, coalesce(sum(清算点数) FILTER (NOT 新技术通过), 0) AS 点数,
       coalesce(sum(费用) FILTER (NOT 新技术通过), 0) AS 费用, coalesce(sum(统筹) FILTER (NOT 新技术通过), 0) AS 统筹,
       coalesce(sum(谈判) FILTER (NOT 新技术通过), 0) AS 谈判, count(*) FILTER (NOT 新技术通过) AS 例数,
       coalesce(sum(round(统筹 * 0.9, 2)) FILTER (新技术通过), 0) AS 新技术补偿
FROM 算 GROUP BY ALL;
CREATE TEMP TABLE 拨 AS
SELECT 机构编码, 险种, 就医地, sum(月度拨付金额)::DOUBLE AS 已拨, sum(预留质量保证金)::DOUBLE AS 预留
FROM 拨付 WHERE 月份 LIKE '2025-%' GROUP BY ALL;
CREATE TEMP TABLE 键 AS
SELECT DISTINCT 机构编码, 险种, 就医地 FROM
  (SELECT 机构编码, 险种, 就医地 FROM 机构和
   UNION ALL SELECT 机构编码, 险种, 就医地 FROM 拨
   UNION ALL SELECT 机构编码, 险种, 就医地 FROM 审核扣款 WHERE 年度 = 2025);
CREATE TEMP TABLE 池 AS
WITH 预 AS (SELECT 险种, 就医地, count(*) AS 月数, sum(统筹基金预算)::DOUBLE AS 预算 FROM 预算
            WHERE 月份 LIKE '2025-%' GROUP BY ALL),
     和 AS (SELECT 险种, 就医地, sum(点数) AS 点数, sum(费用) AS 费用, sum(统筹) AS 统筹, sum(例数)::BIGINT AS 例数
            FROM 机构和 GROUP BY ALL),
     全 AS (
       SELECT y.险种, y.就医地, y.年度预算总额::DOUBLE AS 年度预算, round(y.年度预算总额::DOUBLE * 0.02, 2) AS 调节金,
              CASE WHEN a.已备案 THEN a.预算调整额::DOUBLE ELSE 0 END AS 备案, 预.月数, 预.预算,
              coalesce(和.点数, 0) AS 点数, coalesce(和.费用, 0) AS 费用, coalesce(和.统筹, 0) AS 统筹,
              coalesce(和.例数, 0) AS 例数
       FROM 年度预算 y JOIN 预 USING (险种, 就医地) LEFT JOIN 和 USING (险种, 就医地)
       LEFT JOIN 预算调整 a ON a.险种 = y.险种 AND a.就医地 = y.就医地 AND a.年度 = 2025
       WHERE y.年度 = 2025)
SELECT *, 预算 + 备案 AS 清算预算, trunc((年度预算 + 备案) * 0.05::DOUBLE, 2) AS 分担上限,
       CASE WHEN 例数 = 0 THEN 0 ELSE (费用 - 统筹 + 预算 + 备案) / 点数 END AS 每点
FROM 全;

-- 第三十五条: shared in fen, the fen left over to the largest remainders
CREATE TEMP TABLE 个案 AS
WITH 标 AS (SELECT 病例号, 机构编码, a.险种, a.就医地, a.费用, round(清算点数 * 每点, 2) AS 标准
            FROM 算 a JOIN 池 p USING (险种, 就医地) WHERE 参与 AND NOT 新技术通过),
     权 AS (SELECT *, round(round(greatest(标准 - 费用, 0) * 0.3::DOUBLE, 2) * 100) AS 可调剂,
                   round(round(greatest(费用 - 标准 * 1.2::DOUBLE, 0) * 0.5::DOUBLE, 2) * 100) AS 可分担 FROM 标)
SELECT 病例号, 机构编码, 险种, 就医地, 可调剂, 可分担 FROM 权 WHERE 可调剂 > 0 OR 可分担 > 0;
CREATE TEMP TABLE 个案机构 AS
WITH 总 AS (SELECT 险种, 就医地, sum(可调剂) AS 调剂和, sum(可分担) AS 分担和, least(sum(可调剂), sum(可分担)) AS 资金
            FROM 个案 GROUP BY ALL),
     份 AS (
       SELECT 病例号, 机构编码, 险种, 就医地, -1 AS 号, 可调剂 * (资金 / 调剂和) AS 额, 资金
       FROM 个案 JOIN 总 USING (险种, 就医地) WHERE 可调剂 > 0
       UNION ALL
       SELECT 病例号, 机构编码, 险种, 就医地, 1, 可分担 * (资金 / 分担和), 资金
       FROM 个案 JOIN 总 USING (险种, 就医地) WHERE 可分担 > 0),
     排 AS (
       SELECT 机构编码, 险种, 就医地, 号, floor(额) AS 整, 资金,
              row_number() OVER (PARTITION BY 险种, 就医地, 号 ORDER BY 额 - floor(额) DESC, 病例号) AS 名次,
              sum(floor(额)) OVER (PARTITION BY 险种, 就医地, 号) AS 整和
       FROM 份)
SELECT 机构编码, 险种, 就医地, sum(号 * (整 + CASE WHEN 名次 <= 资金 - 整和 THEN 1 ELSE 0 END)) / 100 AS 金额
FROM 排 GROUP BY ALL;

-- 第三十二条（三）、（四），第三十四条 1 至 3
CREATE TEMP TABLE 机构 AS
WITH 应 AS (
  SELECT 键.*, h.机构名称, h.级别, h.协议处理, coalesce(s.点数, 0) AS 点数, p.每点, coalesce(s.费用, 0) AS 费用,
         coalesce(s.统筹, 0) AS 统筹, coalesce(s.谈判, 0) AS 谈判, coalesce(s.新技术补偿, 0) AS 新技术补偿,
         round(coalesce(s.点数, 0) * p.每点 - (coalesce(s.费用, 0) - coalesce(s.统筹, 0)), 2) AS 应结算,
         CASE h.级别 WHEN '三级' THEN 1.04 WHEN '二级及以下' THEN 1.08 ELSE 1.10 END::DOUBLE AS 上限,
         coalesce(d.预留, 0) AS 预留, coalesce(d.已拨, 0) AS 已拨,
         CASE WHEN e.终评得分 >= 90 THEN 0 WHEN e.终评得分 >= 80 THEN 0.1 WHEN e.终评得分 >= 60 THEN 0.3 ELSE 1 END::DOUBLE
           AS 不返比例,
         coalesce(k.年度审核扣款总额, 0)::DOUBLE AS 扣款, coalesce(g.金额, 0) AS 个案
  FROM 键 JOIN 医疗机构 h USING (机构编码) JOIN 池 p USING (险种, 就医地)
  LEFT JOIN 机构和 s USING (机构编码, 险种, 就医地)
  LEFT JOIN 拨 d USING (机构编码, 险种, 就医地)
  LEFT JOIN 个案机构 g USING (机构编码, 险种, 就医地)
  LEFT JOIN 年终评价 e ON e.机构编码 = 键.机构编码 AND e.年度 = 2025
  LEFT JOIN 审核扣款 k ON k.机构编码 = 键.机构编码 AND k.险种 = 键.险种 AND k.就医地 = 键.就医地 AND k.年度 = 2025),
判 AS (
  SELECT *, CASE WHEN 统筹 <> 0 THEN 应结算 / 统筹 END AS 支付比,
         round(greatest(预留, 0) * 不返比例, 2) AS 不返还,
         CASE WHEN 协议处理 <> '正常' THEN '受处理' WHEN abs(应结算 - 统筹) < 0.005 THEN '持平'
              WHEN 应结算 > 统筹 THEN '结余' ELSE '超支' END AS 结余超支
  FROM 应)
SELECT *, round((least(应结算, 统筹 * 上限) - 统筹) * 0.8::DOUBLE, 2) AS 留用,
       CASE WHEN 结余超支 = '超支'
            THEN round((统筹 - 应结算) * CASE WHEN 支付比 >= 0.95 THEN 0.6 WHEN 支付比 >= 0.8 THEN 0.4 ELSE 0 END::DOUBLE, 2)
            ELSE 0 END AS 可分担
FROM 判;

-- 第三十四条 3 and 第九条: the same sharing among hospitals
CREATE TEMP TABLE 池二 AS
SELECT p.*, least(m.可分担, p.分担上限) AS 分担资金, greatest(p.调节金 - least(m.可分担, p.分担上限), 0) AS 二次资金,
       m.可分担 AS 可分担和, m.应结算合计
FROM 池 p LEFT JOIN (SELECT 险种, 就医地, sum(可分担) AS 可分担, sum(应结算) AS 应结算合计 FROM 机构 GROUP BY ALL) m
  USING (险种, 就医地);
CREATE TEMP TABLE 机构二 AS
WITH 额 AS (
  SELECT i.*, round(分担资金 * 100) AS 资金一, round(二次资金 * 100) AS 资金二,
         CASE WHEN 可分担和 > 0 THEN round(i.可分担 * 100) * (round(分担资金 * 100) / round(可分担和 * 100)) ELSE 0 END AS 额一,
         CASE WHEN p.点数 > 0 THEN i.点数 * (round(二次资金 * 100) / p.点数) ELSE 0 END AS 额二
  FROM 机构 i JOIN 池二 p USING (险种, 就医地)),
排 AS (
  SELECT *, row_number() OVER (PARTITION BY 险种, 就医地 ORDER BY 额一 - floor(额一) DESC, 机构编码) AS 名一,
         sum(floor(额一)) OVER (PARTITION BY 险种, 就医地) AS 和一,
         row_number() OVER (PARTITION BY 险种, 就医地 ORDER BY 额二 - floor(额二) DESC, 机构编码) AS 名二,
         sum(floor(额二)) OVER (PARTITION BY 险种, 就医地) AS 和二
  FROM 额),
分 AS (
  SELECT *, (floor(额一) + CASE WHEN 名一 <= 资金一 - 和一 THEN 1 ELSE 0 END) / 100 AS 分担,
         (floor(额二) + CASE WHEN 名二 <= 资金二 - 和二 THEN 1 ELSE 0 END) / 100 AS 二次
  FROM 排),
留 AS (
  SELECT *, CASE 结余超支 WHEN '结余' THEN 留用 - (应结算 - 统筹) WHEN '超支' THEN 分担 WHEN '持平' THEN 0
                          ELSE -greatest(应结算 - 统筹, 0) END AS 留用分担, round(谈判 * 0.3::DOUBLE, 2) AS 谈判补偿
  FROM 分)
SELECT *, 应结算 - 不返还 + 0 + 留用分担 - 已拨 - 扣款 AS 清算金额 FROM 留;

COPY (
  SELECT 机构编码, 险种, 就医地, 机构名称, 级别, round(点数, 4) AS 年度总点数, round(每点, 4) AS 年度每点费用,
         round(费用, 2) AS 住院总费用, round(统筹, 2) AS 实际发生统筹基金, 应结算 AS 应结算金额, round(支付比, 4) AS 支付比,
         结余超支, 上限 AS 支付比上限, round(预留, 2) AS 预留质量保证金, 不返还 AS 质量保证金不予返还,
         1.0::DOUBLE AS 考核系数, 0.0::DOUBLE AS 考核系数调整资金, round(留用分担, 2) AS 结余留用超支分担,
         round(已拨, 2) AS 月度已拨付, round(扣款, 2) AS 审核扣款, round(清算金额, 2) AS 年度DRG清算金额,
         round(新技术补偿, 2) AS 新技术补偿, 0.0::DOUBLE AS 床日付费, 二次 AS 区域调节金二次分配,
         round(个案, 2) AS 单个病例结余共享, 0.0::DOUBLE AS 增幅激励约束, 谈判补偿 AS 谈判药品补偿,
         round(清算金额 + 新技术补偿 + 二次 + 个案 + 谈判补偿, 2) AS 清算应拨付
  FROM 机构二 ORDER BY 机构编码, 险种, 就医地
) TO '${out}/年度清算表.parquet' (FORMAT parquet);
COPY (
  SELECT p.险种, p.就医地, 年度预算 AS 年度预算总额, 调节金 AS 区域调节金, 备案 AS 备案的预算调整, 月数 AS 预算月数,
         round(清算预算, 2) AS 清算用的预算总额, round(p.统筹, 2) AS 实际发生统筹基金, round(p.费用, 2) AS 病例总费用,
         p.例数 AS 病例数, round(p.点数, 4) AS 年度总点数, round(p.每点, 4) AS 年度每点费用,
         round(应结算合计, 2) AS 应结算金额合计, 分担上限 AS 超支分担上限, round(分担资金, 2) AS 超支分担资金,
         round(二次资金, 2) AS 区域调节金剩余, round(k.清算, 2) AS 年度清算金额合计,
         (SELECT count(DISTINCT 月份) FROM 拨付 WHERE 月份 LIKE '2025-%') AS 拨付月数
  FROM 池二 p LEFT JOIN (SELECT 险种, 就医地, sum(清算金额) AS 清算 FROM 机构二 GROUP BY ALL) k USING (险种, 就医地)
  ORDER BY 1, 2
) TO '${out}/年度基金池表.parquet' (FORMAT parquet);
