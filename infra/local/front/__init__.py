"""What stands before the desk on a developer's machine, as CloudFront and Cognito's sign-in page do on AWS: one origin
for page, API and sign-in.
"""
