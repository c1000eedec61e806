import sys

try:
    from engine.cli import main

    main(prog_name="casemix")
except KeyboardInterrupt:  # while Python still imports
    sys.stderr.write("已取消 没有写完的结果不会留下\n")
    sys.exit(130)
