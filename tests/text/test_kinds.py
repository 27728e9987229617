"""A list of names and prose are told apart, in many languages and forms."""

import os
from pathlib import Path

import pytest

from charplay.text.reading.kinds import guess_kind
from charplay.text.reading.reader import TextReader
from tests.conftest import installed_plugins

LISTS = {
    "films": """
The Shawshank Redemption
The Godfather
The Dark Knight
The Lord of the Rings: The Return of the King
Pulp Fiction
The Good, the Bad and the Ugly
Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb
One Flew Over the Cuckoo's Nest
Who's Afraid of Virginia Woolf?
Airplane!
Monsters, Inc.
It's a Wonderful Life
2001: A Space Odyssey
Eternal Sunshine of the Spotless Mind
Everything You Always Wanted to Know About Sex
The Assassination of Jesse James by the Coward Robert Ford
""",
    "books": """
To Kill a Mockingbird
The Old Man and the Sea
Of Mice and Men
A Tale of Two Cities
Gone with the Wind
The Sound and the Fury
For Whom the Bell Tolls
The Catcher in the Rye
A Portrait of the Artist as a Young Man
Far from the Madding Crowd
""",
    "french titles": """
Le petit prince
À la recherche du temps perdu
Voyage au bout de la nuit
L'étranger
Le rouge et le noir
Les fleurs du mal
Le comte de Monte-Cristo
Vingt mille lieues sous les mers
La princesse de Clèves
Le tour du monde en quatre-vingts jours
Notre-Dame de Paris
Le mythe de Sisyphe
""",
    "spanish titles": """
Cien años de soledad
El amor en los tiempos del cólera
La casa de los espíritus
Don Quijote de la Mancha
Rayuela
La ciudad y los perros
El túnel
Pedro Páramo
La sombra del viento
Como agua para chocolate
""",
    "german titles": """
Die Leiden des jungen Werthers
Der Zauberberg
Im Westen nichts Neues
Das Parfum
Die Blechtrommel
Der Steppenwolf
Effi Briest
Die Verwandlung
Homo faber
Der Vorleser
""",
    "russian titles": """
Война и мир
Преступление и наказание
Мастер и Маргарита
Анна Каренина
Отцы и дети
Мёртвые души
Герой нашего времени
Братья Карамазовы
Вишнёвый сад
Евгений Онегин
""",
    "diseases": """
acute kidney failure
chronic obstructive pulmonary disease
type 2 diabetes
hepatitis b
rheumatoid arthritis
multiple sclerosis
breast cancer
irritable bowel syndrome
high blood pressure
cystic fibrosis
""",
    "chemicals": """
sodium chloride
hydrochloric acid
2,4-dinitrophenol
acetic acid
potassium permanganate
calcium carbonate
ethyl alcohol
""",
    "companies": """
Aspirol, Inc.
Benzodar Ltd.
Cafexin Holdings Corp.
Dormalix & Sons Co.
Ebrutan GmbH
Feltoran International Group Ltd.
Smith Bros.
""",
    "people with initials": """
J. R. R. Tolkien
George R. R. Martin
C. S. Lewis
Martin Luther King Jr.
Sammy Davis Jr.
E. M. Forster
""",
    "last first": """
Smith, John
Doe, Jane
Miller, Anna Maria
Brown, Charlie
van der Berg, Jan
""",
    "surnames upper": """
SMITH
JOHNSON
DE LA CRUZ
VAN DYKE
""",
    "chinese people": """
王小明
李娜
张伟
刘德华
欧阳修
陈凯歌
赵敏
""",
    "chinese companies": """
北京百度网讯科技有限公司
华为技术有限公司
中国工商银行股份有限公司
阿里巴巴集团
腾讯控股有限公司
上海浦东发展银行
小米科技有限责任公司
""",
    "chinese places": """
北京市
内蒙古自治区
上海市
新疆维吾尔自治区
广东省
香港特别行政区
""",
    "japanese names": """
佐藤健
鈴木一郎
高橋留美子
田中真紀子
渡辺謙
伊藤博文
""",
    "japanese stations": """
新宿
渋谷
高田馬場
御茶ノ水
東京テレポート
さくらんぼ東根
かみのやま温泉
""",
    "katakana products": """
ポケットモンスター
スーパーマリオブラザーズ
ファイナルファンタジー
ドラゴンクエスト
ゼルダの伝説
""",
    "idioms": """
一石二鳥
画龍点睛
四面楚歌
臥薪嘗胆
温故知新
""",
    "thai names": """
สมชาย
สมหญิง
ประยุทธ์
ทักษิณ
อภิสิทธิ์
ยิ่งลักษณ์
""",
    "thai full names": """
สมชาย ใจดี
สมหญิง รักไทย
ประยุทธ์ จันทร์โอชา
ทักษิณ ชินวัตร
""",
    "thai places": """
กรุงเทพมหานคร
นครราชสีมา
พระนครศรีอยุธยา
เชียงใหม่
อุบลราชธานี
""",
    "arabic names": """
محمد علي
فاطمة الزهراء
عبد الرحمن بن عوف
خالد
عمر بن الخطاب
""",
    "hindi names": """
राम कुमार
सीता देवी
मोहनदास करमचंद गांधी
अमिताभ बच्चन
""",
    "korean names": """
김철수
이영희
박지성
방탄소년단
소녀시대
""",
    "korean two": """
서울 특별시
부산 광역시
경기도 수원시
제주 특별자치도
""",
    "hebrew": """
תל אביב
ירושלים
באר שבע
ראשון לציון
""",
    "cocktails lower": """
old fashioned
moscow mule
dark and stormy
sex on the beach
long island iced tea
gin and tonic
bloody mary
white russian
piña colada
""",
    "bands": """
The Beatles
AC/DC
Guns N' Roses
!!!
Panic! at the Disco
Godspeed You! Black Emperor
Wham!
Earth, Wind & Fire
Crosby, Stills, Nash & Young
""",
    "addresses": """
12 Oakfield Street
14 Elm Road
221B Baker Street
1600 Pennsylvania Avenue NW
10 Downing Street
""",
    "songs": """
I Want to Hold Your Hand
Smells Like Teen Spirit
Should I Stay or Should I Go
Don't Stop Believin'
With or Without You
What's Going On
Born to Run
I Can't Get No Satisfaction
""",
    "songs sentence": """
I want to hold your hand
Let it be
Hey Jude
Yesterday
Come together
Here comes the sun
A day in the life
Something
""",
    "list trailing commas": """
Aspirol,
Benzodar,
Cafexin,
Dormalix,
Ebrutan
""",
    "usernames": """
foo_bar
x.y.z
john.doe
a-b-c
""",
    "emails": """
a@b.com
john.doe@example.org
""",
    "numbers": """
123
456
789
""",
    "emoji names": """
🐱 Cat
🐶 Dog
🦊 Fox
""",
    "welsh": """
Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch
Bangor
Caernarfon
Taumatawhakatangihangakoauauotamateaturipukakapikimaungahoronukupokaiwhenuakitanatahu
Conwy
Rhyl
""",
    "species": """
Canis lupus familiaris
Felis catus
Homo sapiens
Quercus robur
Bellis perennis
""",
    "recipes": """
Chicken tikka masala
Spaghetti alla carbonara
Beef stroganoff with mushrooms
Grilled cheese sandwich
Roast potatoes
Apple pie
""",
    "dishes long": """
Grilled chicken with lemon and herbs
Slow-cooked lamb shank
Pan-fried sea bass
Mushroom risotto
Roast beetroot and goat's cheese salad
Chocolate fondant
""",
    "paint lower": """
old sea grey
new oak blue
soft clay grey
deep sea blue
""",
    "quoted names": """
"Aspirol"
"Benzodar"
"Cafexin"
""",
    "two": """
Ann
Bob
""",
    "mr": """
Mr. Smith
Dr. No
St. Ives
Mt. Fuji
""",
    "vietnamese": """
Nguyễn Văn An
Trần Thị Bích
Lê Hoàng Long
Phạm Minh Đức
""",
    "hawaiian": """
ʻIolani
Kaʻiulani
Liliʻuokalani
""",
    "songs with parens": """
(I Can't Get No) Satisfaction
Sweet Dreams (Are Made of This)
Livin' on a Prayer
""",
}

PROSE = {
    "sonnet": """
Shall I compare thee to a summer's day?
Thou art more lovely and more temperate:
Rough winds do shake the darling buds of May,
And summer's lease hath all too short a date:
""",
    "two lines of a sonnet": """
To be, or not to be, that is the question:
Whether 'tis nobler
""",
    "cut verse": """
Shall I compare thee to
a summer's day?
Thou art more lovely and
""",
    "haiku en": """
an old silent pond
a frog jumps into the pond
splash silence again

autumn moonlight
a worm digs silently
into the chestnut
""",
    "free verse": """
so much depends
upon

a red wheel
barrow

glazed with rain
water

beside the white
chickens
""",
    "short dialogue": """
Hi.
Hello!
How are you?
Fine, thanks.
Where were you?
At home.
""",
    "dialogue": """
ANNA: Where were you?
BOB: At home.
ANNA: All day?
BOB: All day.
""",
    "dialogue quotes": """
"Come here."
"Why?"
"Because I said so."
"No."
""",
    "dialogue dashes": """
– Come here.
– Why?
– Because I said so.
– No.
""",
    "play": """
First Citizen:
Before we proceed any further, hear me speak.

All:
Speak, speak.

First Citizen:
You are all resolved rather to die than to famish?
""",
    "french verse": """
Demain, dès l'aube, à l'heure où blanchit la campagne,
Je partirai. Vois-tu, je sais que tu m'attends.
J'irai par la forêt, j'irai par la montagne.
Je ne puis demeurer loin de toi plus longtemps.
""",
    "german verse": """
Wer reitet so spät durch Nacht und Wind?
Es ist der Vater mit seinem Kind;
Er hat den Knaben wohl in dem Arm,
Er fasst ihn sicher, er hält ihn warm.
""",
    "russian verse": """
Мой дядя самых честных правил,
Когда не в шутку занемог,
Он уважать себя заставил
И лучше выдумать не мог.
""",
    "unpunctuated english": """
I wandered lonely as a cloud
That floats on high o'er vales and hills
When all at once I saw a crowd
A host of golden daffodils
Beside the lake beneath the trees
Fluttering and dancing in the breeze
""",
    "chinese unpunctuated": """
床前明月光
疑是地上霜
举头望明月
低头思故乡
""",
    "chinese seven": """
朝辞白帝彩云间
千里江陵一日还
两岸猿声啼不住
轻舟已过万重山
""",
    "chinese punct": """
床前明月光，
疑是地上霜。
举头望明月，
低头思故乡。
""",
    "chinese prose": """
今天天气很好，我们去公园玩了。
公园里有很多人，孩子们在草地上跑来跑去。
""",
    "japanese prose": """
吾輩は猫である。名前はまだ無い。
どこで生れたかとんと見当がつかぬ。
""",
    "haiku kana line": """
ふるいけやかわずとびこむみずのおと
しずかさやいわにしみいるせみのこえ
なつくさやつわものどもがゆめのあと
""",
    "haiku kanji line": """
古池や蛙飛びこむ水の音
閑さや岩にしみ入る蝉の声
夏草や兵どもが夢の跡
五月雨をあつめて早し最上川
""",
    "thai verse": """
อันความกรุณาปรานีจะมีใครบังคับก็หาไม่
หลั่งมาเองเหมือนฝนอันชื่นใจจากฟากฟ้าสุราลัยสู่แดนดิน
เป็นสิ่งดีสองชั้นพลันปลื้มใจแห่งผู้ให้และผู้รับสมถวิล
""",
    "arabic prose": """
كان يا ما كان في قديم الزمان ملك عظيم يحكم بلادا واسعة.
وكان له ثلاثة أبناء يحبهم حبا شديدا.
""",
    "hindi": """
एक समय की बात है, एक गाँव में एक किसान रहता था।
उसके पास दो बैल थे।
""",
    "korean prose": """
나 보기가 역겨워 가실 때에는
말없이 고이 보내 드리우리다
영변에 약산 진달래꽃
아름 따다 가실 길에 뿌리우리다
""",
    "one line": """
It was the best of times it was the worst of times
""",
    "code": """
def f(x):
    return x + 1

for i in range(10):
    print(f(i))
""",
    "lyrics": """
Is this the real life?
Is this just fantasy?
Caught in a landslide
No escape from reality
Open your eyes
Look up to the skies and see
""",
    "nursery": """
Twinkle, twinkle, little star,
How I wonder what you are!
Up above the world so high,
Like a diamond in the sky.
""",
    "short verse dickinson": """
Because I could not stop for Death –
He kindly stopped for me –
The Carriage held but just Ourselves –
And Immortality.

We slowly drove – He knew no haste
And I had put away
My labor and my leisure too,
For His Civility –
""",
    "limerick": """
There was an Old Man with a beard,
Who said, 'It is just as I feared!
Two Owls and a Hen,
Four Larks and a Wren,
Have all built their nests in my beard!'
""",
    "italian verse": """
Nel mezzo del cammin di nostra vita
mi ritrovai per una selva oscura,
ché la diritta via era smarrita.
""",
    "spanish verse": """
Verde que te quiero verde.
Verde viento. Verdes ramas.
El barco sobre la mar
y el caballo en la montaña.
""",
    "proverbs": """
A bird in the hand is worth two in the bush
Actions speak louder than words
Better late than never
Don't count your chickens before they hatch
The early bird catches the worm
Two wrongs don't make a right
""",
    "tweets": """
just had the best coffee ever
why is it raining again
can't wait for the weekend
so tired today lol
anyone else watching this
""",
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_told_by_its_lines(name):
    assert guess_kind([LISTS[name].strip()]).kind == "names"


@pytest.mark.parametrize("name", PROSE)
def test_prose_is_told_by_its_lines(name):
    assert guess_kind([PROSE[name].strip()]).kind == "prose"


GENERATED = {
    "one long remark below a list": ("Ann\nBob\nCarol\n" * 40 + "Made by hand. " * 9, "names"),
    "one name again and again": ("Ann Lee\n" * 30, "names"),
    "products with numbers": ("Ultra Clean Max 2000\nSuper Shine XL\n" * 20, "names"),
    "sentences below a few names": ("Ann\nBob\n" * 5 + "It was a dark night.\n" * 40, "prose"),
    "a giant line": ("x" * 100_000, "prose"),
    "a giant line of words": ("word " * 30_000, "prose"),
    "the same ellipses": ("So he said… and then… no more…\n" * 60, "prose"),
    "paragraphs": (("It is a way I have of driving off the spleen. " * 6 + "\n\n") * 3, "prose"),
    "nothing": ("", "prose"),
}  # fmt: skip


@pytest.mark.parametrize("name", GENERATED)
def test_all_lines_are_weighed_not_the_first_ones(name):
    text, kind = GENERATED[name]
    assert guess_kind([text]).kind == kind


@pytest.mark.parametrize("name", ["dinosaurs", "drugs", "firstnames", "surnames", "sonnets"])
def test_a_shipped_text_is_what_its_entry_says(name):
    entry = installed_plugins().corpora[name]
    assert guess_kind(TextReader(name, entry.path)).kind == entry.kind


@pytest.mark.parametrize("name", ["shakespeare", "moby-dick"])
def test_a_large_shipped_text_is_what_its_entry_says_after_its_first_part(name):
    entry = installed_plugins().corpora[name]
    first = next(iter(TextReader(name, entry.path, piece=1 << 20)))

    def pieces():
        yield first
        raise AssertionError("it was known by now")

    assert guess_kind(pieces()).kind == entry.kind == "prose"


@pytest.mark.parametrize(
    ("file", "kind"), [("dinos.txt", "names"), ("tinyshakespeare.txt", "prose")]
)
def test_a_reference_text_is_what_it_is(file, kind):
    path = Path(os.environ.get("CHARPLAY_REFERENCE", "")) / file
    if not path.is_file():
        pytest.skip("CHARPLAY_REFERENCE names no folder with this text")
    assert guess_kind(TextReader(file, path)).kind == kind


def test_the_reason_is_in_one_line():
    assert guess_kind(["Ann Lee\nBob\nCarl\n" * 9]).reason == "27 lines of 1 to 2 words"
    assert guess_kind(["Hi.\nHow are you?\n" * 9]).reason.startswith("lines that end in punct")
