# Sourced by the checks that need Python or a browser: need, venv. What is missing comes from Debian where apt-get and root
# are there; else the check says what it leaves out.

# need COMMAND PACKAGE… installs Debian's packages unless the command succeeds.
need() {
	if eval "$1" >/dev/null 2>&1; then return 0; fi
	local command=$1
	shift
	if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
		echo "not there: $command; and apt-get as root is not there to install $*"
		return 1
	fi
	echo "apt-get install $*"
	[ -n "${apt_updated-}" ] || apt-get update -qq
	apt_updated=1
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
	eval "$command" >/dev/null 2>&1
}

# venv FOLDER REQUIREMENTS… makes a virtual environment with the pinned packages of PyPI. The folder may be kept from an
# earlier run, LIVESPIKE_VENV.
venv() {
	need 'python3 -c "import venv, ensurepip"' python3 python3-venv || return 1
	local folder=$1
	shift
	[ -x "$folder/bin/python" ] || python3 -m venv "$folder"
	for list in "$@"; do
		echo "PyPI: $(tr '\n' ' ' <"$list")"
		"$folder/bin/pip" install --quiet --disable-pip-version-check --retries 5 --timeout 60 -r "$list"
	done
}

# jupyter_home FOLDER keeps Jupyter's files in a folder of ours.
jupyter_home() {
	export JUPYTER_DATA_DIR="$1/data" JUPYTER_RUNTIME_DIR="$1/run" JUPYTER_CONFIG_DIR="$1/config" IPYTHONDIR="$1/ipython" \
		XDG_STATE_HOME="$1/state" PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore
	mkdir -p "$JUPYTER_RUNTIME_DIR"
}
