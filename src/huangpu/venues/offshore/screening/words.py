"""The tables behind the names: company forms, common words, traditional characters, and how Chinese syllables are spelt.

A syllable is written in Pinyin, in Wade-Giles (made here from the Pinyin by its rules) or by ear in Cantonese; `variants` gives the Pinyin
syllables that a spelling may stand for, `spellings` the way back. The tables decide scores, so a change is a new version of the program.
"""

from functools import cache
from typing import Final


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


FORMS: Final[dict[str, str]] = {
    **dict.fromkeys(("ltd", "limited", "ltda", "limitada"), "ltd"),
    **dict.fromkeys(("co", "company", "cie", "cia"), "co"),
    **dict.fromkeys(("inc", "incorporated"), "inc"),
    **dict.fromkeys(("corp", "corporation"), "corp"),
    **dict.fromkeys(("jsc", "ojsc", "pjsc", "cjsc", "ooo", "oao", "zao", "pao"), "jsc"),
    **dict.fromkeys(("fze", "fzc", "fzco", "fzllc", "dmcc", "wll"), "fz"),
    **dict.fromkeys(("pte", "pty", "private", "pvt", "sdn", "bhd", "berhad"), "private"),
    **dict.fromkeys(("youxian", "gongsi", "gufen"), "ltd"),
    **{word: word for word in ("llc", "llp", "plc", "gmbh", "sarl", "srl", "spa", "sas", "aps")},
}
"""Words that say how a company is constituted, wherever they stand, and the form they mean."""

TRAILING_FORMS: Final = _set("ag sa nv bv ab as oy kg kk lp se ev")
"""Forms that are also names or words: they count as a form at the end of a name only."""

HAN_FORMS: Final = (
    "集团股份有限公司",
    "股份有限责任公司",
    "集团有限公司",
    "股份有限公司",
    "有限责任公司",
    "有限合伙企业",
    "股份公司",
    "集团公司",
    "有限公司",
    "有限合伙",
    "总公司",
    "分公司",
    "集团",
    "公司",
)
"""Longest first, so that the whole form goes at once."""

STOP: Final = _set("the of and for de la le du des der die das und von")

COMMON: Final = _set(
    "trading trade trader traders international global world worldwide general import imports export exports "
    "shipping marine maritime logistics transport transportation services service group holding holdings "
    "industry industries industrial investment investments development enterprise enterprises commercial "
    "commerce bank financial finance technology technologies tech engineering construction energy oil "
    "gas petroleum chemical chemicals resources supply supplies solutions systems management consulting agency "
    "national state central north south east west new first overseas offshore foundation organization "
    "organisation center centre institute university ministry office department partners "
    "china chinese hong kong shanghai beijing shenzhen guangdong singapore dubai asia pacific european america "
    "maoyi guoji touzi keji jinchukou shiye gongye wuliu hangyun muyi"
)
"""Words that many names share: they weigh a third of others and do not make a name rare."""

PARTICLES: Final = _set("al el abd abdul abu ibn bin bint mr mrs dr")
"""Small words of names, often written together with the next: they weigh as little, and are no rare word."""

_TRADITIONAL: Final = (
    "萬万與与東东業业嚴严豐丰臨临麗丽舉举義义烏乌樂乐喬乔習习鄉乡書书買买亂乱雲云亞亚產产億亿僅仅從从倉仓儀仪們们價价眾众優优會会偉伟傳传傷伤"
    "倫伦偽伪體体餘余傭佣俠侠側侧僑侨儲储兒儿黨党蘭兰關关興兴養养獸兽岡冈冊册寫写軍军農农馮冯衝冲決决況况凍冻淨净準准涼凉減减鳳凤憑凭凱凯"
    "擊击劃划劉刘則则剛刚創创刪删別别剎刹勁劲動动務务勝胜勞劳勢势勛勋匯汇區区醫医華华協协單单賣卖盧卢衛卫卻却廠厂廳厅歷历壓压厲厉廈厦縣县"
    "雙双發发變变葉叶號号嘆叹後后嚇吓呂吕嗎吗啟启吳吴員员周周響响嘩哗團团園园圍围國国圖图圓圆聖圣場场壞坏塊块堅坚壇坛壩坝墳坟墜坠壟垄壘垒"
    "聲声處处備备複复復复頭头夾夹奪夺奮奋獎奖奧奥婦妇媽妈嬌娇孫孙學学寧宁寶宝實实寵宠審审憲宪宮宫寬宽賓宾導导壽寿將将爾尔塵尘嘗尝堯尧層层"
    "屬属歲岁豈岂島岛嶺岭嶽岳峽峡崗岗幣币師师帳帐幫帮帶带廣广慶庆應应廟庙龐庞廢废開开異异張张彌弥彎弯彈弹強强歸归當当錄录彥彦徹彻徑径禦御"
    "憶忆懷怀態态憐怜總总戀恋懇恳惡恶愛爱慮虑戰战戲戏戶户執执擴扩掃扫揚扬撫抚搶抢護护報报擔担擬拟擁拥擇择掛挂揮挥損损換换據据攜携攝摄數数齋斋"
    "鬥斗斬斩斷断無无舊旧時时曠旷晝昼顯显晉晋曬晒曉晓曆历術术樸朴機机殺杀雜杂權权條条來来楊杨傑杰極极構构樞枢棗枣槍枪棟栋樹树棲栖橋桥檢检"
    "樓楼樣样樁桩歡欢歐欧殘残殿殿氣气漢汉湯汤溝沟沒没瀾澜灣湾澤泽潔洁灑洒濁浊測测濟济瀏浏濃浓濤涛潤润漲涨淵渊漸渐漁渔滬沪滅灭燈灯靈灵災灾"
    "煉炼爐炉點点煙烟煩烦燒烧熱热愛爱爺爷犧牺獨独獄狱環环現现瑪玛瑋玮瓊琼電电畫画暢畅療疗瘋疯監监蓋盖盤盘礦矿碼码磚砖確确禮礼禍祸稱称種种積积"
    "穩稳窮穷競竞筆笔筍笋簡简籃篮類类糧粮緊紧紅红約约級级紀纪純纯納纳紙纸紛纷細细紹绍經经結结給给絡络絕绝統统絲丝綠绿維维網网綱纲線线緣缘編编"
    "縱纵績绩織织繼继續续纖纤羅罗羣群習习翹翘聯联聰聪職职肅肃腸肠膽胆勝胜腦脑脈脉臺台艙舱艦舰艱艰藝艺節节蘇苏蔣蒋藍蓝薩萨薦荐藥药蕭萧營营"
    "蝦虾蟲虫蠻蛮補补裝装裡里製制見见觀观規规視视覺觉計计訂订認认討讨訓训記记許许論论設设訪访證证評评識识詞词試试詩诗誠诚話话該该詳详語语說说"
    "請请諸诸諾诺課课調调談谈謀谋謝谢譚谭豬猪貝贝負负貢贡財财責责賢贤敗败貨货質质販贩貴贵貸贷貿贸費费賀贺資资賈贾賴赖贈赠贏赢趙赵趨趋躍跃"
    "車车軌轨軒轩轉转輪轮軟软輕轻載载輝辉輸输轄辖辦办邊边遼辽達达遷迁過过運运還还這这進进遠远違违連连遲迟選选遜逊遺遗鄧邓鄭郑鄒邹鄰邻醬酱釋释"
    "里里鑒鉴針针鈞钧鈴铃鉄铁鋼钢錢钱鐵铁鑫鑫銀银銅铜銘铭鋒锋錦锦鎮镇鐘钟鏡镜鑄铸長长門门閃闪閉闭問问閔闵間间閣阁閱阅隊队陽阳陰阴階阶際际陸陆"
    "陳陈險险隨随隱隐隻只雖虽難难靜静韋韦韓韩頁页頂顶項项順顺須须顧顾頓顿預预領领頻频題题顏颜額额願愿風风飛飞飯饭飲饮館馆馬马駐驻駕驾騰腾驗验"
    "驚惊髒脏鬆松魚鱼魯鲁鮮鲜鯨鲸鳥鸟鴻鸿鵬鹏鷹鹰麥麦黃黄齊齐齒齿龍龙龔龚龜龟"
)
SIMPLIFIED: Final = str.maketrans(dict(zip(_TRADITIONAL[::2], _TRADITIONAL[1::2], strict=True)))
"""Characters of names that are written in two ways; not a full conversion."""

_FINALS: Final = {
    "": "a ai an ang ao e ei en eng er o ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "t": "a ai an ang ao e eng i ian iao ie ing ong ou u uan ui un uo",
    "n": "a ai an ang ao e ei en eng i ian iang iao ie in ing iu ong ou u uan ue un uo",
    "l": "a ai an ang ao e ei eng i ia ian iang iao ie in ing iu o ong ou u uan ue un uo",
    "g": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "k": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "q": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "ch": "a ai an ang ao e en eng i ong ou u ua uai uan uang ui un uo",
    "sh": "a ai an ang ao e ei en eng i ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "c": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "s": "a ai an ang ao e en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
SYLLABLES: Final = frozenset(
    initial + final for initial, finals in _FINALS.items() for final in finals.split()
)
"""The syllables of Pinyin without tones; ü is written u."""

_WADE_INITIALS: Final = {
    "b": "p", "d": "t", "g": "k", "j": "ch", "q": "ch", "x": "hs", "zh": "ch", "z": "ts", "c": "ts", "r": "j",
}  # fmt: skip
_WADE_FINALS: Final = {
    "ie": "ieh", "ian": "ien", "ue": "ueh", "ong": "ung", "iong": "iung", "er": "erh",
}  # fmt: skip
_WADE_WHOLE: Final = {
    "zi": "tzu", "ci": "tzu", "si": "szu", "zhi": "chih", "chi": "chih", "shi": "shih", "ri": "jih", "ge": "ko",
    "ke": "ko", "he": "ho", "yan": "yen", "ye": "yeh", "yue": "yueh", "yong": "yung", "you": "yu", "yi": "i",
    "gui": "kuei", "kui": "kuei", "guo": "kuo", "kuo": "kuo", "huo": "huo", "shuo": "shuo", "er": "erh", "e": "o",
}  # fmt: skip
_CANTONESE: Final = (
    "au:ou chan:chen cheng:zheng cheung:zhang chi:zhi,zi ching:qing,zheng chiu:zhao,qiu cho:cao choi:cai choy:cai "
    "chow:zhou,cao chu:zhu chui:xu chun:jun,zhen,qin chung:zhong,cong fai:hui fan:fan fok:huo fong:fang,kuang "
    "fu:fu,hu fun:huan fung:feng hau:hou,hao hei:xi hin:xian,xuan hing:qing,xing ho:he,hao hoi:hai hok:xue "
    "hong:kang,hang hui:xu hung:hong,kong kai:qi,jia kam:jin,gan kan:jian,jin kau:jiu kei:qi,ji keung:qiang,jiang "
    "kin:jian king:jing,jiong kit:jie,jia ko:gao koo:gu kong:jiang,guang,gang ku:gu kuen:juan,quan kui:ju kun:guan "
    "kwai:gui kwan:guan,jun kwok:guo kwong:kuang,guang lai:li,lai lam:lin,lan lap:li lau:liu law:luo lee:li "
    "leung:liang ling:ling lo:luo,lu lok:le,luo lui:lei,lu luk:lu lung:long mak:mai man:wen,man,min mei:mei,wei "
    "mo:mao,wu mok:mo mui:mei nam:nan ng:wu ngai:wei,yi ngan:yan on:an pak:bai,bo pang:peng,bing pik:bi ping:ping,bing "
    "po:bao,bo poon:pan pui:pei,bei sai:shi,xi sau:shou,xiu shan:shan shek:shi sheung:shuang,chang shing:sheng,cheng "
    "shuk:shu shum:cen,shen shun:shun sik:xi sin:xian,shan sing:sheng,xing siu:xiao,shao so:su suen:sun suk:shu "
    "sum:xin,shen sun:xin,shen,sun sze:shi,si tai:dai,tai,di tak:de tam:tan tang:deng tat:da tim:tian tin:tian,ting "
    "tit:tie to:du,tao tong:tang,dong tsang:zeng tse:xie tsoi:cai tsui:xu,cui tuen:duan tung:dong,tong wa:hua wah:hua "
    "wai:wei,hui wan:yun,wen,yin wing:yong,rong wo:he wong:wang,huang woo:hu wu:hu,wu yam:ren yan:ren,en,yin yau:you,qiu "
    "yee:yi yeung:yang yi:yi,er yik:yi yim:yan yin:yan,xian ying:ying yip:ye yiu:yao,rao yu:yu,ru yue:yu yuen:yuan,ruan,wan "
    "yuk:yu,xu yun:run,yun yung:rong,weng,yong hsueh:xue soong:song sung:song chiang:jiang,qiang kung:kong,gong"
)


def _wade_giles(syllable: str) -> str:
    """Spell one Pinyin syllable in Wade-Giles without its marks, which most records leave out."""
    if syllable in _WADE_WHOLE:
        return _WADE_WHOLE[syllable]
    initial = next((part for part in ("zh", "ch", "sh") if syllable.startswith(part)), syllable[:1])
    initial = initial if initial in _FINALS else ""
    final = syllable.removeprefix(initial)
    if final == "uo":
        final = "o"
    return _WADE_INITIALS.get(initial, initial) + _WADE_FINALS.get(final, final)


def _spelt() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {syllable: {syllable} for syllable in sorted(SYLLABLES)}
    for syllable in sorted(SYLLABLES):
        found.setdefault(_wade_giles(syllable), set()).add(syllable)
    for row in _CANTONESE.split():
        spelling, _, syllables = row.partition(":")
        found.setdefault(spelling, set()).update(syllables.split(","))
    return {spelling: frozenset(syllables) for spelling, syllables in found.items()}


_VARIANTS: Final = _spelt()
_NONE: Final[frozenset[str]] = frozenset()


def variants(spelling: str) -> frozenset[str]:
    """Return the Pinyin syllables that one syllable's spelling may stand for; none where it is no syllable."""
    return _VARIANTS.get(spelling, _NONE)


@cache
def spellings(syllable: str) -> tuple[str, ...]:
    """Return every spelling that may stand for a Pinyin syllable, in alphabetical order."""
    return tuple(sorted(word for word, meant in _VARIANTS.items() if syllable in meant))
