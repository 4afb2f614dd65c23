"""French texts of the dossiers, in several versions."""

TITLES = {
    "elementaire": ("Un coup de pouce pour apprendre", "Grandir en confiance", "Curieux de tout"),
    "college": ("Cap sur le collège", "Apprendre à apprendre", "Le sas des collégiens"),
    "lycee": ("Objectif bac, ensemble", "Lycéens accompagnés"),
}
CHILDREN = (
    "Deux séances par semaine : méthode et leçons, puis lecture, jeux et ateliers de création.",
    "Un temps de travail personnel accompagné, puis un projet collectif mené sur l'année.",
    "Petits groupes stables, goûter, appui méthodologique et ateliers culturels.",
)
PARENTS = (
    "Entretien à l'inscription, café des parents chaque mois, bilan individuel chaque trimestre.",
    "Ateliers parents-enfants, soirées sur le système scolaire, médiation avec l'école.",
    "Accueil quotidien, temps conviviaux avant les vacances, aide aux démarches en ligne.",
)
SCHOOLS = (
    "Orientation des enfants par les équipes, réunion de régulation à chaque période.",
    "Fiche de liaison avec les enseignants, participation aux équipes éducatives.",
)
LOCAL_RESOURCES = (
    "Médiathèque, ludothèque et école de musique ouvrent leurs portes aux groupes.",
    "Bibliothèque municipale, musée, club nautique et jardin partagé du quartier.",
)
DIAGNOSES = (
    "Diagnostic partagé de la CTG : peu de lieux calmes, parents éloignés de l'école.",
    "Constat des écoles : décrochage de la lecture, isolement des familles arrivées récemment.",
    "Besoin repéré avec le collège : méthode, organisation, confiance en soi.",
)
ACTIVITIES = (
    ("methodologie", "culturelle", "ludique"),
    ("aide_aux_devoirs", "methodologie", "artistique"),
    ("methodologie", "sportive", "ludique"),
    ("aide_aux_devoirs", "culturelle", "numerique"),
)
COORDINATORS = (
    *("Camille Lefebvre", "Dominique Hauchecorne", "Claude Delamare", "Sacha Lemonnier"),
    *("Maxime Duboc", "Andréa Vasseur", "Alix Auber", "Morgan Levasseur"),
)
SCHOOL_NAMES = {
    "elementaire": ("École Jules-Michelet", "École Louise-Michel", "École des Embruns"),
    "college": ("Collège des Falaises", "Collège Jean-Rostand"),
    "lycee": ("Lycée du Val-de-Seine", "Lycée professionnel de l'Estuaire"),
}
PARTNERS = (
    "Médiathèque",
    "Programme de réussite éducative",
    "Maison des parents",
    "Cité éducative",
)
BONUS_PROJECTS = {
    "enfants": (
        "Projet annuel d'écriture avec un auteur, trois rencontres et une édition du recueil.",
        "Sorties au musée et à l'opéra, création d'une exposition par les enfants.",
    ),
    "parents": (
        "Espace hebdomadaire d'écoute et soirées débats sur les codes de l'école.",
        "Parcours d'ateliers parents-enfants sur l'année avec un intervenant extérieur.",
    ),
}
OBJECTIVES = {
    "AXE-E1": "Aide à l'organisation du travail personnel",
    "AXE-E2": "Visites de la médiathèque et d'un musée",
    "AXE-E3": "Règles de vie écrites avec le groupe",
    "AXE-E4": "Tutorat entre enfants",
    "AXE-E5": "Cahier de présence et fiche de suivi",
    "AXE-P1": "Réunion d'information en septembre",
    "AXE-P2": "Goûter partagé à chaque période",
    "AXE-P3": "Atelier de lecture des bulletins",
    "AXE-P4": "Orientation vers la maison des parents",
    "AXE-P5": "Échange au retour de chaque séance",
    "AXE-C1": "Rencontre des équipes à chaque période",
    "AXE-C2": "Liste des enfants établie avec l'école",
    "AXE-C3": "Projet et bilan discutés avec l'école",
    "AXE-T1": "Comité local avec les partenaires",
}
FUNDERS = {
    "association": ("Commune", "Département de la Seine-Maritime", "Fonds propres"),
    "commune": ("Budget communal", "État, politique de la ville"),
    "centre_social": ("Commune", "État, politique de la ville", "Fondation"),
    "ccas": ("Commune", "Département de la Seine-Maritime"),
    "epci": ("Budget intercommunal", "MSA Haute-Normandie"),
}
BRANCH_FUNDER = "Caf de Seine-Maritime, fonds national parentalité"
