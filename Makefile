# make seul liste les cibles ; la logique est dans src/helpers (commande « diagnostic »).
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
.SUFFIXES:
# Chaque document inscrit sa ligne sur la même page d'accueil.
.NOTPARALLEL:

ifeq ($(origin PYTHON),undefined)
PYTHON := $(or $(shell command -v python3.11),$(shell command -v python3),python3.11)
endif
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TIDY := $(VENV)/.git-ready
A11Y := tests/a11y
CHECKED := $(VENV)/.a11y
CLUSTER := tests/cluster
STORED := $(VENV)/.s3
# Le nom d'une commune peut porter des espaces et des apostrophes : il passe par l'environnement, comme le reste.
export COMMUNE := $(value commune)
export VINTAGE := $(value vintage)
export ONLY := $(value only)
export NOMBRE := $(value nombre)
export FICHIER := $(value fichier)
export ACCEPT := $(value accept)
export NUMERO := $(or $(value numero),1)
export FICHIERS := $(value fichiers)
export ETAT := $(value etat)
export CONFIRMER := $(value confirmer)
export DE := $(value de)
export A := $(value a)
export LOT := $(value lot)
export JOBS := $(value jobs)
export LIMITE := $(value limite)
export MEMOIRE := $(value memoire)
export SORTIES := $(value sorties)
export SCHEDULER := $(value scheduler)
export INTERPRETER := $(value PYTHON)
export JUPYTER_PREFER_ENV_PATH := 1
# engine=papermill : un noyau par carnet, sans le moteur rapide (docs/moteur.md).
ifneq ($(origin engine),undefined)
export HELPERS_ENGINE := $(value engine)
endif
# make passe aux commandes ce qu'on lui donne, développé : commune='$(shell …)' s'exécuterait.
unexport $(foreach name,$(.VARIABLES),$(if $(findstring command line,$(origin $(name))),$(name)))

ifneq ($(origin commune),undefined)
.DEFAULT_GOAL := diagnostic
endif
ifneq ($(origin lot),undefined)
.DEFAULT_GOAL := batch
endif
LIMITS = --jobs="$$JOBS" --limit="$$LIMITE" --memory="$$MEMOIRE"
WHERE = --outputs="$$SORTIES" --scheduler="$$SCHEDULER"
# uv installe vite ; pip prend le relais s'il n'atteint pas le dépôt de paquets (miroir déclaré à pip seulement).
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
UNREACHED := le dépôt de paquets ne répond pas. Vérifiez la connexion ; derrière un proxy, HTTPS_PROXY ; avec un miroir, PIP_INDEX_URL
INSTEAD = { echo "uv n’a pas installé $(1) (raison ci-dessus) : pip prend le relais."; \
	$(PIP) --no-deps --require-hashes -r $(1) || { echo "Erreur : ni uv ni pip n’ont installé $(1) : $(UNREACHED)."; exit 1; }; }
# Le carnet de référence que nbval= nomme, ou tous.
export NBVAL := $(value nbval)
REFERENCE = $(if $(NBVAL),$(wildcard tests/regression/*/$(NBVAL).ipynb tests/regression/$(NBVAL)/*.ipynb),tests/regression)
FORCE = $(if $(filter-out 0,$(value force)),--force)

.PHONY: help diagnostic batch retry essentiel pdf slides pptx posters partenariat materiaux atelier atelier-import compte-rendu enjeux-leviers bilan partenariat-detruire exemple site data data-check indicateurs sources docs setup lab test nbval large a11y lab-check s3 lint references fuzz verifications diff mutation cards bench embedded schema lock clean

help: ## affiche cette aide
	@echo 'make commune=Hem     construit le diagnostic d’une commune (code Insee, nom ou fichier .yml)'
	@echo 'make lot=mel         construit ceux d’un lot (params/lots/mel.yml, epci:200093201, departement:59, france)'
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## (.*)/\1|\2/' \
		| while IFS='|' read -r target words; do printf 'make %-21s %s\n' "$$target" "$$words"; done

diagnostic: $(READY) ## construit ce qui n’est plus à jour du diagnostic de commune=… (force=1 : tout)
	@$(BIN)/diagnostic build $(FORCE) $(LIMITS) -- "$$COMMUNE"

batch: $(READY) ## construit ce qui n’est plus à jour des diagnostics de lot=… (jobs= limite= memoire= force=1 sorties= scheduler=)
	@$(BIN)/diagnostic batch $(FORCE) $(LIMITS) $(WHERE) -- "$$LOT"

retry: $(READY) ## relance les communes du dernier lot qui ont échoué
	@$(BIN)/diagnostic retry $(LIMITS) $(WHERE)

# Les documents se font d'après les pages : elles d'abord, chacune une fois pour tous.
essentiel: diagnostic ## écrit l’essentiel en 4 pages (PDF) de commune=…
	@$(BIN)/diagnostic essentiel -- "$$COMMUNE"

pdf: diagnostic ## écrit le PDF du diagnostic entier de commune=…
	@$(BIN)/diagnostic pdf -- "$$COMMUNE"

slides: diagnostic ## écrit le diaporama des ateliers de commune=…
	@$(BIN)/diagnostic slides -- "$$COMMUNE"

pptx: diagnostic ## écrit le diaporama de commune=… en PowerPoint, à modifier
	@$(BIN)/diagnostic pptx -- "$$COMMUNE"

posters: diagnostic ## écrit les affiches A3 des ateliers de commune=…
	@$(BIN)/diagnostic posters -- "$$COMMUNE"

partenariat: $(READY) ## commence le partenariat de commune=… : convention, feuille à signer, classeur à envoyer
	@$(BIN)/diagnostic partenariat -- "$$COMMUNE"

materiaux: $(READY) ## relit le classeur que commune=… a rempli (fichier=chemin.xlsx), dit ce qui est à corriger
	@$(BIN)/diagnostic materiaux --fichier="$$FICHIER" -- "$$COMMUNE"

atelier: diagnostic ## écrit le kit d’un atelier de commune=… : diaporama, PDF à imprimer, classeurs de saisie (numero=1)
	@$(BIN)/diagnostic atelier --number="$$NUMERO" -- "$$COMMUNE"

atelier-import: $(READY) ## lit les saisies d’un atelier de commune=… (numero=1 fichiers=…)
	@$(BIN)/diagnostic atelier-import --number="$$NUMERO" --files="$$FICHIERS" -- "$$COMMUNE"

compte-rendu: $(READY) ## écrit le compte rendu d’un atelier de commune=… en Word et en PDF (numero=1 etat=relu)
	@$(BIN)/diagnostic compte-rendu --number="$$NUMERO" --state="$$ETAT" -- "$$COMMUNE"

verifications: $(READY) ## écrit le classeur des chiffres contestés de commune=…, puis reprend ce qui y est vérifié
	@$(BIN)/diagnostic verifications -- "$$COMMUNE"

enjeux-leviers: $(READY) ## écrit les enjeux et leviers du groupe de commune=… en Word, en PDF et en A3 (etat=relu)
	@$(BIN)/diagnostic enjeux-leviers --state="$$ETAT" -- "$$COMMUNE"

bilan: $(READY) ## écrit le bilan du partenariat de commune=… en Word, en PDF et en page (etat=relu)
	@$(BIN)/diagnostic bilan --state="$$ETAT" -- "$$COMMUNE"

diff: $(READY) ## dit ce qui a changé entre deux versions du diagnostic de commune=… (de=v1 a=v2 ; les deux dernières sinon)
	@$(BIN)/diagnostic diff --since="$$DE" --until="$$A" -- "$$COMMUNE"

partenariat-detruire: $(READY) ## détruit ce que les participants ont dit, à la fin de la convention (confirmer=commune)
	@$(BIN)/diagnostic partenariat-detruire --confirm="$$CONFIRMER" -- "$$COMMUNE"

# La commune fictive a son magasin, ses paramètres et ses pages à elle : aucune liste des vraies ne la connaît. Les
# commandes de son kit se tapent comme celles d'une vraie : make atelier-import commune=val-sur-deule numero=1.
ifneq ($(filter exemple,$(MAKECMDGOALS))$(filter val-sur-deule Val-sur-Deûle 59999,$(value commune)),)
export HELPERS_STORE ?= outputs/exemple/.magasin
export HELPERS_PARAMS ?= outputs/exemple/params
export HELPERS_OUTPUTS ?= outputs/exemple
endif
exemple: export PYTHONPATH = tools/example:tests/partnership
exemple: $(READY) ## fait vivre un partenariat entier avec une commune fictive, sous outputs/exemple (une minute)
	@$(BIN)/python tools/example/example.py

site: $(READY) ## écrit à nouveau l’accueil des diagnostics construits : carte, état de chacun (sorties=…)
	@$(BIN)/diagnostic site --outputs="$$SORTIES"

# Une commune donnée vide est une erreur, et non toute la France.
data: $(READY) ## télécharge les chiffres officiels de commune=…, ou de toute la France (vintage=… only=… accept=…)
ifneq ($(origin accept),undefined)
	@$(BIN)/diagnostic accept -- "$$ACCEPT"
else
	@$(BIN)/diagnostic data --vintage="$$VINTAGE" --only="$$ONLY" $(if $(filter undefined,$(origin commune)),,-- "$$COMMUNE")
endif

data-check: $(READY) ## vérifie les chiffres : identités, sommes des communes, accord des fichiers entre eux
	@$(BIN)/diagnostic data-check

indicateurs: $(READY) ## écrit tous les indicateurs de tous les territoires en données ouvertes (sorties=… simules=1)
	@$(BIN)/diagnostic indicators --outputs="$$SORTIES" $(if $(filter-out 0,$(value simules)),--simulated)

sources: $(READY) ## liste les fichiers officiels de chaque table, leurs adresses, et ceux qui sont là
	@$(BIN)/diagnostic sources

docs: $(READY) ## écrit docs/sources.md et docs/indicateurs.md d’après les registres
	@$(BIN)/diagnostic sources --write
	@$(BIN)/python tools/dictionary.py

setup: $(READY) $(TIDY) ## crée ou met à jour l’environnement .venv ; dans un dépôt git, ses filtres de carnets

# Une commune donnée vide est une erreur.
lab: $(READY) $(TIDY) ## ouvre JupyterLab sur les carnets, ou sur ceux de commune=… avec ses paramètres
	@$(BIN)/diagnostic lab $(if $(filter undefined,$(origin commune)),,-- "$$COMMUNE")

test: $(READY) ## vérifie tout : style, types, tests, carnets
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@HELPERS_QUICK=1 env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n auto --dist worksteal
	@$(MAKE) nbval

nbval: $(READY) ## compare les chiffres des carnets à ceux des références (nbval=4_enjeux : un seul carnet)
	@test -n "$(REFERENCE)" || { echo "Erreur : pas de carnet de référence $$NBVAL. Il y a : $$(cd notebooks && echo *.ipynb | sed 's/[.]ipynb//g'), ou une commune : $$(cd tests/regression && dirname */1_*.ipynb | paste -sd' ')."; exit 1; }
	@HELPERS_FETCHED=tests/regression/official JUPYTER_DEFAULT_PROVISIONER_NAME=diagnostic $(BIN)/pytest -q --tb=no -rN -n $(if $(NBVAL),0,2) --dist loadfile --nbval $(REFERENCE) --nbval-sanitize-with tests/regression/sanitize.cfg

large: $(READY) ## vérifie ce qui est long : moteur de secours, pannes répétées, 295 communes, tous les fichiers officiels (35 minutes)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n auto --dist worksteal -m large
	@$(BIN)/pytest -n auto tests/many_communes

a11y: $(CHECKED) ## contrôle les pages dans un navigateur : accessibilité, clavier, écrans, papier, HTML (complet=1 : plus de communes)
	@$(if $(filter-out 0,$(value complet)),HELPERS_COMPLETE=1 )env -u PYTHONDONTWRITEBYTECODE $(BIN)/pytest -n auto $(if $(filter-out 0,$(value complet)),-m "" )--ignore=$(A11Y)/test_lab.py $(A11Y)

# Un vrai JupyterLab veut une machine au repos.
lab-check: $(CHECKED) ## contrôle les carnets dans JupyterLab et un navigateur, sur une machine qui ne fait rien d’autre
	@$(BIN)/pytest $(A11Y)/test_lab.py

s3: $(STORED) ## publie des diagnostics à une adresse s3:// (un S3 imité, sur cette machine) et les reprend
	@$(BIN)/pytest tests/cluster/test_s3.py

lint: $(READY) ## met en forme le code et les carnets
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .
	@$(BIN)/python tools/clean_git.py write notebooks/*.ipynb

references: $(READY) ## refait les carnets de référence que nbval compare, et dit d’abord ce qui change (force=1)
	@$(BIN)/python tests/regression/make_references.py $(FORCE)

fuzz: $(READY) ## donne 10 000 paramètres, noms et fichiers abîmés (nombre=… pour un autre nombre)
	@FUZZ="$${NOMBRE:-10000}" $(BIN)/pytest -q tests/unit/test_fuzz.py

mutation: $(READY) ## change une valeur, puis une formule, et voit si quelque chose le remarque (nombre=60 ; reprend où il en était)
	@$(BIN)/python tools/mutation.py --count "$${NOMBRE:-60}"

cards: $(READY) ## refait les textes de référence des problématiques (tests/regression/cards.txt)
	@$(BIN)/python tests/regression/make_cards.py

bench: $(READY) ## mesure les durées et la mémoire, et les écrit dans docs/mesures.md (complet=1 : jusqu’à 95 communes)
	@PYTHONPATH=tests $(BIN)/python bench/run.py $(if $(filter-out 0,$(value complet)),--complete)

embedded: $(READY) ## reconstruit data/embedded depuis les fichiers officiels (HELPERS_SOURCES ou data/raw)
	@$(BIN)/diagnostic embedded

schema: $(READY) ## écrit params/schema.json et schema-convention.json
	@$(BIN)/diagnostic schema

lock: $(READY) ## recalcule requirements.txt et environment.yml depuis requirements.in et requirements-dev.in
	@$(BIN)/uv pip compile --quiet --system-certs --generate-hashes --universal --python-version 3.11 --no-header --no-annotate requirements.in requirements-dev.in -o requirements.txt
	@$(BIN)/uv pip compile --quiet --system-certs --generate-hashes --universal --python-version 3.11 --no-header --no-annotate --override <(echo python-dateutil) $(CLUSTER)/requirements.in -o $(CLUSTER)/requirements.txt
	@$(BIN)/python tools/environment.py

clean: ## efface l’environnement et les diagnostics construits
	@rm -rf $(VENV) && find outputs -mindepth 1 ! -name .gitignore -delete

# Un environnement conda (make VENV=$CONDA_PREFIX) a déjà ses paquets : environment.yml. On n'y ajoute que le projet.
ifneq ($(wildcard $(VENV)/conda-meta),)
$(READY): environment.yml pyproject.toml
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $(READY)
else
# L'environnement est refait quand le verrou change.
$(READY): requirements.txt requirements-uv.txt pyproject.toml
	@command -v "$$INTERPRETER" >/dev/null || { echo "Erreur : $$INTERPRETER est introuvable. Installez Python 3.11 (Debian, Ubuntu : apt install python3.11 python3.11-venv), ou donnez PYTHON=chemin."; exit 1; }
	@"$$INTERPRETER" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Erreur : Python 3.11 ou plus récent est nécessaire, $$("$$INTERPRETER" --version) trouvé. Donnez PYTHON=chemin."; exit 1; }
	@"$$INTERPRETER" -c 'import ensurepip, venv' 2>/dev/null || { echo "Erreur : le module venv manque. Installez-le (Debian, Ubuntu : apt install python3.11-venv)."; exit 1; }
	@echo "Installation de l’environnement $(VENV)…"
	@"$$INTERPRETER" -m venv --clear $(VENV)
	@$(PIP) --require-hashes -r requirements-uv.txt || { echo "Erreur : pip n’a pas installé uv : $(UNREACHED)."; exit 1; }
	@$(BIN)/uv pip sync --quiet --system-certs --python $(BIN)/python --require-hashes --compile-bytecode requirements.txt requirements-uv.txt \
		|| $(call INSTEAD,requirements.txt)
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --offline --editable . \
		|| $(PIP) --no-deps --no-build-isolation --no-index --editable .
	@$(BIN)/python -m compileall -q src
	@touch $(READY)
endif

# Là où il n'y a pas de dépôt git, rien à faire.
$(TIDY): $(READY) tools/clean_git.py
	@$(BIN)/python tools/clean_git.py setup
	@touch $(TIDY)

# Les outils de contrôle des pages ne servent qu'à make a11y.
$(CHECKED): $(READY) $(A11Y)/requirements.txt $(A11Y)/package-lock.json
	@command -v chromium >/dev/null || test -n "$$CHROMIUM" || { echo "Erreur : Chromium est introuvable. Installez-le (Debian, Ubuntu : apt install chromium), ou donnez CHROMIUM=chemin."; exit 1; }
	@command -v java >/dev/null || { echo "Erreur : Java est introuvable. Installez-le (Debian, Ubuntu : apt install default-jre-headless)."; exit 1; }
	@command -v npm >/dev/null || { echo "Erreur : npm est introuvable. Installez-le (Debian, Ubuntu : apt install npm)."; exit 1; }
	@$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --require-hashes -r $(A11Y)/requirements.txt \
		|| $(call INSTEAD,$(A11Y)/requirements.txt)
	@cd $(A11Y) && npm ci --silent --ignore-scripts || { echo "Erreur : npm n’a pas installé les outils de $(A11Y). Vérifiez la connexion ; derrière un proxy, HTTPS_PROXY ; avec un miroir, npm_config_registry."; exit 1; }
	@touch $(CHECKED)

# botocore demande un python-dateutil plus ancien que celui du verrou, et se contente de celui-ci : --no-deps.
$(STORED): $(READY) $(CLUSTER)/requirements.txt
	@$(BIN)/uv pip install --quiet --system-certs --python $(BIN)/python --no-deps --require-hashes -r $(CLUSTER)/requirements.txt \
		|| $(call INSTEAD,$(CLUSTER)/requirements.txt)
	@touch $(STORED)
