# <script>hostile()</script> --> </code></pre><script>hostile()</script>
pass
