-- Keys that stand twice in a table stop the settlement.

CREATE TEMP TABLE 重复键 AS
SELECT '病例' AS 表, count(*) AS 行数 FROM (SELECT 病例号 FROM 病例 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '医疗机构', count(*) FROM (SELECT 机构编码 FROM 医疗机构 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '病组', count(*) FROM (SELECT 病组编码 FROM 病组 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '级别病组', count(*) FROM (SELECT 级别, 病组编码 FROM 级别病组 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '系数倾斜', count(*)
  FROM (SELECT 机构编码, 病组编码, 倾斜依据 FROM 系数倾斜 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '预算', count(*) FROM (SELECT 险种, 就医地, 月份 FROM 预算 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '拨付', count(*) FROM (SELECT 机构编码, 险种, 就医地, 月份 FROM 拨付 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '年度预算', count(*) FROM (SELECT 险种, 就医地, 年度 FROM 年度预算 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '预算调整', count(*) FROM (SELECT 险种, 就医地, 年度 FROM 预算调整 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '年终评价', count(*) FROM (SELECT 机构编码, 年度 FROM 年终评价 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '审核扣款', count(*)
  FROM (SELECT 机构编码, 险种, 就医地, 年度 FROM 审核扣款 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '特例单议', count(*) FROM (SELECT 病例号 FROM 特例单议 GROUP BY ALL HAVING count(*) > 1)
UNION ALL SELECT '新技术', count(*) FROM (SELECT 病例号 FROM 新技术 GROUP BY ALL HAVING count(*) > 1);
SELECT error('键重复的表：' || string_agg(表, '、')) FROM 重复键 WHERE 行数 > 0 HAVING count(*) > 0;
