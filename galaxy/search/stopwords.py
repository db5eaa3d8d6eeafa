"""The small words of each language that say nothing alone: a question is not made narrower by them."""

STOPWORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "a an the and or of in on at to for from by with about into as is are was were be been has have had "
        "it its this that these those which who whom how what when where why do does did can could will would "
        "not no we our you your they their he she his her i my s",
        "fr": "le la les l un une des du de d et ou a au aux en dans sur sous par pour avec sans ce cet cette ces "
        "que qu qui quoi dont est sont ete etre etait ont il elle ils elles on nous vous leur leurs son sa ses "
        "se s notre nos votre vos ne n pas plus comment j je m t c",
        "es": "el la los las un una unos unas de del al a y e o u en con por para sin sobre entre que quien cual "
        "como es son ser sido siendo fue fueron era eran ha han habia hay se su sus lo le les no "
        "mas este esta estos estas ese esa nos nuestro nuestra",
        "pt": "o a os as um uma uns umas de do da dos das em no na nos nas ao aos e ou com por para pelo pela sem "
        "sobre entre que quem qual como ser sido sendo foi foram era eram ha tem se seu sua "
        "seus suas nao mais este esta esse essa",
        "ru": "и в во на с со к ко о об от до из за по под при для без над через у не ни но а или что как это этот "
        "эта эти тот та те его ее их он она они мы вы я был была были быть есть же бы ли",
        "ar": "في من على الى عن مع او ثم ان انه انها هذا هذه ذلك تلك التي الذي الذين ما لا لم لن كان كانت هو هي هم "
        "بين كل بعد قبل عند قد و",
        "zh": "的 了 和 与 及 是 在",
    }.items()
}
