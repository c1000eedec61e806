"""What other tools and other scripts call the functions and letters of the language, for messages only."""

from __future__ import annotations

_CALLED = {
    "合计": "SUM 求和 总和 累加 小计",
    "合计(…, 当 条件)": "SUMIF SUMIFS",
    "计数": "COUNT COUNTA 个数 数量",
    "计数(…, 当 条件)": "COUNTIF COUNTIFS",
    "均值": "AVG AVERAGE MEAN 平均 平均值 平均数",
    "均值(…, 当 条件)": "AVERAGEIF AVERAGEIFS",
    "中位数": "MEDIAN",
    "较大（几个值里）或 最大（许多行里）": "MAX 最大值 取大",
    "较小（几个值里）或 最小（许多行里）": "MIN 最小值 取小",
    "若": "IF IIF IFS CASE WHEN 如果 假如 判断",
    "缺省": "IFERROR IFNA ISNULL IFNULL NVL COALESCE 默认 默认值",
    "四舍五入": "ROUND",
    "向上取整": "CEILING CEIL ROUNDUP",
    "向下取整": "INT FLOOR ROUNDDOWN TRUNC TRUNCATE",
    "绝对值": "ABS",
    "余数": "MOD 取余",
    "取(…, 键 = 值)": "VLOOKUP XLOOKUP HLOOKUP LOOKUP INDEX MATCH 查找 查表",
    "名次": "RANK ROW_NUMBER 排名 排序",
    "沿(首行, 后行, 每 …, 按 …)": "SCAN REDUCE FOLD 递推 逐行推算",
    "年": "YEAR 年份",
    "月": "MONTH",
    "天数": "DAYS DATEDIF DATEDIFF",
    "工作日数": "NETWORKDAYS WORKDAY",
    "标准差": "STDEV STDDEV STDEVP",
    "没有 名字": "ISBLANK",
}
OTHER_WORDS = {word: own for own, words in _CALLED.items() for word in words.split()}
"""From a word of a spreadsheet, of a database or of everyday speech to what is written here."""

_TRADITIONAL = (
    "來係倉個備傳價億償優內別劑動務區員單圖團報場實審對層屬帳庫廣後態應損撥擔據數斷時書會東條業極構標機檔"
    "檢權歲歷歸減準潤為無營獨產異當療碼稅種積節籌級組結絕絡統網線編縣總義與萬藥處號術補計設診註說調護變負"
    "貨買費貼賠賣質賬購車較輛輸轉運過達選鄉醫銷鎮長門開間關階際險雙項預額類餘館驗體點"
    "規則職論議齡劃還適約鍵頁納繳剛壓擴縮復複獎懲誤錯證識評訪該詳請讓資輕遺遞遲鄰鋪鏈閉陳陸隊離難電靜響領頭題顯風養騰齊衛導屆島廢彈徵從慮慶憑懸戶擇擬"
    "攜敗敘暫樣殘殺決沒況測滿漲爭狀獲環現畫疊盤確禮稱穩窮筆篩簡簽紀紅純細終給經維緊緩緒縫績織繼續羅聯聽腫膽舊藝蘇蟲衝裝製覽觀訂記訊許詢誰課談諾譯責貧"
    "貸貿賀賽贈趨跡軍載輔輪辦農這連進違邊釋針鋼錄錢鎖鏡閱陽陰雜須頻願顧飛飲馬黃"
)
_SIMPLIFIED = (
    "来系仓个备传价亿偿优内别剂动务区员单图团报场实审对层属账库广后态应损拨担据数断时书会东条业极构标机档"
    "检权岁历归减准润为无营独产异当疗码税种积节筹级组结绝络统网线编县总义与万药处号术补计设诊注说调护变负"
    "货买费贴赔卖质账购车较辆输转运过达选乡医销镇长门开间关阶际险双项预额类余馆验体点"
    "规则职论议龄划还适约键页纳缴刚压扩缩复复奖惩误错证识评访该详请让资轻遗递迟邻铺链闭陈陆队离难电静响领头题显风养腾齐卫导届岛废弹征从虑庆凭悬户择拟"
    "携败叙暂样残杀决没况测满涨争状获环现画叠盘确礼称稳穷笔筛简签纪红纯细终给经维紧缓绪缝绩织继续罗联听肿胆旧艺苏虫冲装制览观订记讯许询谁课谈诺译责贫"
    "贷贸贺赛赠趋迹军载辅轮办农这连进违边释针钢录钱锁镜阅阳阴杂须频愿顾飞饮马黄"
)
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)


def simplified(name: str) -> str:
    """``name`` in simplified characters, those at least that policies use; ``name`` itself if none is traditional."""
    return name.translate(_TO_SIMPLIFIED)
