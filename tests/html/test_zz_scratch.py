import sys; sys.path.insert(0,"/work/main/tests/html")
from test_build_failures import *
def test_x(themes, build, outputs):
    themes(n1_bon='class Bad:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n        raise ZeroDivisionError("non")\nBad()')
    print(build())
def test_y(themes, build, outputs):
    themes(n1_bon='import os, signal\nos.kill(os.getpid(), signal.SIGKILL)')
    print(build())
def test_z(themes, build, outputs):
    themes(n1_bon='raise KeyboardInterrupt')
    print(build())
