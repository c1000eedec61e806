-- 年度病例明细: one row for each case that is cleared by points
COPY (
  SELECT a.病例号, a.机构编码, a.病组编码, a.类型 AS 病例类型, a.方式 AS 清算方式, round(a.费用, 2) AS 病例费用, a.中医加成,
         a.清算点数, round(a.清算点数 * p.每点, 2) AS 支付标准
  FROM 算 a JOIN 池 p USING (险种, 就医地)
  WHERE NOT a.新技术通过
) TO '${out}/年度病例明细.parquet' (FORMAT parquet);
