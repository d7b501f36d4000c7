/** What redis-cli 7.0.15 wrote to a terminal for these bytes, recorded from the real one. */
export const recordedPrints: readonly { readonly wire: string; readonly printed: string }[] = [
  {
    wire: '+OK\r\n',
    printed: 'OK\n',
  },
  {
    wire: '-ERR no such thing\r\n',
    printed: '(error) ERR no such thing\n',
  },
  {
    wire: ':42\r\n',
    printed: '(integer) 42\n',
  },
  {
    wire: ':-9223372036854775808\r\n',
    printed: '(integer) -9223372036854775808\n',
  },
  {
    wire: '$5\r\nplain\r\n',
    printed: '"plain"\n',
  },
  {
    wire: '$0\r\n\r\n',
    printed: '""\n',
  },
  {
    wire: '$16\r\n\x00\x1b]0;t\x07"\\\n\r\x09\x08\x7f\xc3\xa9\r\n',
    printed: '"\\x00\\x1b]0;t\\a\\"\\\\\\n\\r\\t\\b\\x7f\\xc3\\xa9"\n',
  },
  {
    wire: '$-1\r\n',
    printed: '(nil)\n',
  },
  {
    wire: '*-1\r\n',
    printed: '(nil)\n',
  },
  {
    wire: '*0\r\n',
    printed: '(empty array)\n',
  },
  {
    wire: '*2\r\n:1\r\n$1\r\na\r\n',
    printed: '1) (integer) 1\n' + '2) "a"\n',
  },
  {
    wire: '*10\r\n:0\r\n:1\r\n:2\r\n:3\r\n:4\r\n:5\r\n:6\r\n:7\r\n:8\r\n:9\r\n',
    printed:
      ' 1) (integer) 0\n' +
      ' 2) (integer) 1\n' +
      ' 3) (integer) 2\n' +
      ' 4) (integer) 3\n' +
      ' 5) (integer) 4\n' +
      ' 6) (integer) 5\n' +
      ' 7) (integer) 6\n' +
      ' 8) (integer) 7\n' +
      ' 9) (integer) 8\n' +
      '10) (integer) 9\n',
  },
  {
    wire: '*10\r\n*2\r\n:1\r\n*0\r\n*2\r\n:1\r\n*0\r\n*2\r\n:1\r\n*0\r\n*2\r\n:1\r\n*0\r\n*2\r\n:1\r\n*0\r\n*2\r\n:1\r\n*0\r\n*2\r\n:1\r\n*0\r\n*2\r\n:1\r\n*0\r\n*2\r\n:1\r\n*0\r\n*2\r\n:1\r\n*0\r\n',
    printed:
      ' 1) 1) (integer) 1\n' +
      '    2) (empty array)\n' +
      ' 2) 1) (integer) 1\n' +
      '    2) (empty array)\n' +
      ' 3) 1) (integer) 1\n' +
      '    2) (empty array)\n' +
      ' 4) 1) (integer) 1\n' +
      '    2) (empty array)\n' +
      ' 5) 1) (integer) 1\n' +
      '    2) (empty array)\n' +
      ' 6) 1) (integer) 1\n' +
      '    2) (empty array)\n' +
      ' 7) 1) (integer) 1\n' +
      '    2) (empty array)\n' +
      ' 8) 1) (integer) 1\n' +
      '    2) (empty array)\n' +
      ' 9) 1) (integer) 1\n' +
      '    2) (empty array)\n' +
      '10) 1) (integer) 1\n' +
      '    2) (empty array)\n',
  },
  {
    wire: '*2\r\n*2\r\n*1\r\n:1\r\n:2\r\n*2\r\n$-1\r\n-ERR x\r\n',
    printed: '1) 1) 1) (integer) 1\n' + '   2) (integer) 2\n' + '2) 1) (nil)\n' + '   2) (error) ERR x\n',
  },
  {
    wire: '*1\r\n*1\r\n*1\r\n*0\r\n',
    printed: '1) 1) 1) (empty array)\n',
  },
  {
    wire: '_\r\n',
    printed: '(nil)\n',
  },
  {
    wire: '#t\r\n',
    printed: '(true)\n',
  },
  {
    wire: '#f\r\n',
    printed: '(false)\n',
  },
  {
    wire: ',3.14\r\n',
    printed: '(double) 3.14\n',
  },
  {
    wire: ',inf\r\n',
    printed: '(double) inf\n',
  },
  {
    wire: ',-inf\r\n',
    printed: '(double) -inf\n',
  },
  {
    wire: ',10\r\n',
    printed: '(double) 10\n',
  },
  {
    wire: ',1e+30\r\n',
    printed: '(double) 1e+30\n',
  },
  {
    wire: '=7\r\ntxt:a\nb\r\n',
    printed: 'a\n' + 'b\n',
  },
  {
    wire: '%0\r\n',
    printed: '(empty hash)\n',
  },
  {
    wire: '~0\r\n',
    printed: '(empty set)\n',
  },
  {
    wire: '%2\r\n$1\r\nf\r\n$1\r\n1\r\n$2\r\ngg\r\n:2\r\n',
    printed: '1# "f" => "1"\n' + '2# "gg" => (integer) 2\n',
  },
  {
    wire: '~2\r\n$1\r\nm\r\n#t\r\n',
    printed: '1~ "m"\n' + '2~ (true)\n',
  },
  {
    wire: '%2\r\n$1\r\na\r\n*2\r\n:1\r\n:2\r\n$1\r\nb\r\n%1\r\n+x\r\n*2\r\n:3\r\n:4\r\n',
    printed:
      '1# "a" => \n' +
      '   1) (integer) 1\n' +
      '   2) (integer) 2\n' +
      '2# "b" => \n' +
      '   1# x => \n' +
      '      1) (integer) 3\n' +
      '      2) (integer) 4\n',
  },
  {
    wire: '%1\r\n*2\r\n:1\r\n:2\r\n%1\r\n:5\r\n~2\r\n:3\r\n:4\r\n',
    printed:
      '1# 1) (integer) 1\n' +
      '   2) (integer) 2 => \n' +
      '   1# (integer) 5 => \n' +
      '      1~ (integer) 3\n' +
      '      2~ (integer) 4\n',
  },
  {
    wire: '*2\r\n~1\r\n,1.5\r\n_\r\n',
    printed: '1) 1~ (double) 1.5\n' + '2) (nil)\n',
  },
  {
    wire: '%11\r\n:0\r\n*2\r\n+a\r\n+b\r\n:1\r\n*2\r\n+a\r\n+b\r\n:2\r\n*2\r\n+a\r\n+b\r\n:3\r\n*2\r\n+a\r\n+b\r\n:4\r\n*2\r\n+a\r\n+b\r\n:5\r\n*2\r\n+a\r\n+b\r\n:6\r\n*2\r\n+a\r\n+b\r\n:7\r\n*2\r\n+a\r\n+b\r\n:8\r\n*2\r\n+a\r\n+b\r\n:9\r\n*2\r\n+a\r\n+b\r\n:10\r\n*2\r\n+a\r\n+b\r\n',
    printed:
      ' 1# (integer) 0 => \n' +
      '    1) a\n' +
      '    2) b\n' +
      ' 2# (integer) 1 => \n' +
      '    1) a\n' +
      '    2) b\n' +
      ' 3# (integer) 2 => \n' +
      '    1) a\n' +
      '    2) b\n' +
      ' 4# (integer) 3 => \n' +
      '    1) a\n' +
      '    2) b\n' +
      ' 5# (integer) 4 => \n' +
      '    1) a\n' +
      '    2) b\n' +
      ' 6# (integer) 5 => \n' +
      '    1) a\n' +
      '    2) b\n' +
      ' 7# (integer) 6 => \n' +
      '    1) a\n' +
      '    2) b\n' +
      ' 8# (integer) 7 => \n' +
      '    1) a\n' +
      '    2) b\n' +
      ' 9# (integer) 8 => \n' +
      '    1) a\n' +
      '    2) b\n' +
      '10# (integer) 9 => \n' +
      '    1) a\n' +
      '    2) b\n' +
      '11# (integer) 10 => \n' +
      '    1) a\n' +
      '    2) b\n',
  },
  {
    wire: '%1\r\n+k\r\n=7\r\ntxt:a\nb\r\n',
    printed: '1# k => a\n' + 'b\n',
  },
  {
    wire: '%1\r\n+k\r\n*1\r\n:1\r\n',
    printed: '1# k => 1) (integer) 1\n',
  },
  {
    wire: '%2\r\n+k\r\n%1\r\n+i\r\n:1\r\n+l\r\n*1\r\n%2\r\n:1\r\n:2\r\n:3\r\n:4\r\n',
    printed:
      '1# k => 1# i => (integer) 1\n' +
      '2# l => \n' +
      '   1) 1# (integer) 1 => (integer) 2\n' +
      '      2# (integer) 3 => (integer) 4\n',
  },
  {
    wire: '%1\r\n*1\r\n:7\r\n~0\r\n',
    printed: '1# 1) (integer) 7 => (empty set)\n',
  },
  {
    wire: '~10\r\n*1\r\n:0\r\n*1\r\n:1\r\n*1\r\n:2\r\n*1\r\n:3\r\n*1\r\n:4\r\n*1\r\n:5\r\n*1\r\n:6\r\n*1\r\n:7\r\n*1\r\n:8\r\n*1\r\n:9\r\n',
    printed:
      ' 1~ 1) (integer) 0\n' +
      ' 2~ 1) (integer) 1\n' +
      ' 3~ 1) (integer) 2\n' +
      ' 4~ 1) (integer) 3\n' +
      ' 5~ 1) (integer) 4\n' +
      ' 6~ 1) (integer) 5\n' +
      ' 7~ 1) (integer) 6\n' +
      ' 8~ 1) (integer) 7\n' +
      ' 9~ 1) (integer) 8\n' +
      '10~ 1) (integer) 9\n',
  },
];
